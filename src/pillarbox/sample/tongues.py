"""What people write in German, Japanese, Arabic and Greek; the same rules as in `english`.

`greeting` begins a letter; `wrote` stands over what a reply quotes, with the day and the name left open.
"""

from pillarbox.sample.grammar import Rules

__all__ = ["ARABIC_TALK", "GERMAN_TALK", "GREEK_TALK", "JAPANESE_TALK"]

GERMAN_TALK: Rules = {
    "subject": (
        "Lesekreis im {MONAT}",
        "Neue Bücher über {THEMA}",
        "Rückgabe: {TITEL}",
        "Wer liest „{TITEL}“?",
        "Grüße aus der Bücherstube",
    ),
    "greeting": ("Liebe Leserunde!", "Guten Morgen!", "Hallo zusammen!", "Schöne Grüße vorweg!"),
    "opening": (
        "der Tee ist heiß und der Regen hört nicht auf: bestes Lesewetter.",
        "ich habe „{TITEL}“ in einer Nacht ausgelesen und bin trotzdem wach.",
        "auf dem Flohmarkt lag eine ganze Kiste über {THEMA}.",
    ),
    "news": (
        "im {MONAT} treffen wir uns wieder im Hinterzimmer, diesmal mit Stühlen für alle.",
        "„{TITEL}“ ist eingetroffen und riecht noch nach Druckerei.",
        "das Kapitel über {THEMA} müssen wir unbedingt laut lesen.",
        "die Katze der Buchhandlung heißt jetzt offiziell Fußnote.",
        "jemand hat zwischen den Seiten ein vierblättriges Kleeblatt vergessen.",
        "für den Kuchen sorgt Käthe, für die Widerworte wie immer Jürgen.",
    ),
    "question": (
        "Wer bringt Kekse mit?",
        "Passt euch der erste Dienstag im {MONAT}?",
        "Soll ich dir „{TITEL}“ zurücklegen?",
    ),
    "answer": (
        "Sehr gern, leg es mir bitte zurück!",
        "Der Dienstag passt, ich bringe Kekse und eine Lupe mit.",
        "Über {THEMA} könnte ich stundenlang zuhören.",
        "Ich bin dabei – größtenteils pünktlich.",
    ),
    "closing": ("Herzliche Grüße", "Bis bald", "Viele Grüße aus der Stube"),
    "wrote": ("Am %s schrieb %s:",),
    "MONAT": ("März", "Mai", "Juli", "Oktober", "Dezember"),
    "THEMA": ("Leuchttürme", "Vögel im Winter", "Brückenbau", "Kräuter", "Süßwasserfische"),
    "TITEL": ("Der Apfeldieb", "Möwen über Mittag", "Das grüne Wörterbuch", "Später Schnee"),
}

JAPANESE_TALK: Rules = {
    "subject": ("{季節}の旅行について", "{場所}の写真", "お茶会のご案内", "切符の予約"),
    "greeting": ("こんにちは。", "お元気ですか。", "いつもありがとうございます。"),
    "opening": ("{季節}になりましたね。", "{場所}から戻ってきました。", "先日はとても楽しかったです。"),
    "news": (
        "{場所}はとても静かで、空がきれいでした。",
        "駅前のパン屋さんが新しくなりました。",
        "電車は朝七時に出ます。",
        "{食べ物}を忘れずに持ってきてください。",
        "庭の花が咲き始めました。",
        "猫がずっと窓の外を見ています。",
    ),
    "question": ("来週の土曜日はいかがですか。", "{食べ物}はお好きですか。", "一緒に{場所}へ行きませんか。"),
    "answer": (
        "はい、ぜひ行きたいです。",
        "土曜日で大丈夫です。",
        "{食べ物}、大好きです。",
        "写真をありがとうございます。",
    ),
    "closing": ("それでは、また。", "どうぞお体に気をつけて。"),
    "wrote": ("%s、%sさんは書きました:",),
    "季節": ("春", "夏", "秋", "冬"),
    "場所": ("京都", "海辺の町", "山の温泉", "古い図書館"),
    "食べ物": ("おにぎり", "みかん", "桜餅", "温かいお茶"),
}

ARABIC_TALK: Rules = {
    "subject": ("دعوة إلى {مناسبة}", "صور من {مكان}", "وصفة جديدة", "أخبار من {مكان}"),
    "greeting": ("مرحباً،", "صباح الخير،", "تحية طيبة،"),
    "opening": ("أكتب إليك من {مكان}.", "وصلت رسالتك وفرحت بها كثيراً.", "الجو جميل اليوم."),
    "news": (
        "أشجار الزيتون أزهرت هذا الأسبوع.",
        "سنلتقي في {مكان} يوم الجمعة.",
        "خبزت أمي خبزاً طازجاً للجميع.",
        "وجدت كتاباً قديماً عن النجوم.",
        "القطة تنام في سلة الخضار.",
    ),
    "question": ("هل تستطيع الحضور إلى {مناسبة}؟", "ما رأيك في موعد يوم السبت؟"),
    "answer": ("نعم، سأحضر بكل سرور.", "يوم السبت مناسب لي.", "شكراً على الصور الجميلة."),
    "closing": ("مع أطيب التحيات،", "إلى اللقاء،"),
    "wrote": ("في %s، من %s:",),
    "مناسبة": ("العشاء", "حفل الموسيقى", "قراءة الشعر"),
    "مكان": ("البستان", "السوق القديم", "الميناء", "المكتبة"),
}

GREEK_TALK: Rules = {
    "subject": ("Καλοκαίρι στο {μέρος}", "Η βάρκα είναι έτοιμη", "Φωτογραφίες από το {μέρος}", "Τι θα μαγειρέψουμε;"),
    "greeting": ("Καλημέρα!", "Γεια σου,", "Αγαπητοί φίλοι,"),
    "opening": ("Σας γράφω από το {μέρος}.", "Επιτέλους σταμάτησε ο αέρας.", "Ο καφές είναι έτοιμος."),
    "news": (
        "Η θάλασσα είναι ήσυχη σήμερα.",
        "Οι λεμονιές άνθισαν πίσω από το σπίτι.",
        "Το πλοίο φεύγει στις οκτώ το πρωί.",
        "Ο γείτονας έφερε {φαγητό} για όλους.",
        "Βάψαμε την πόρτα μπλε, όπως πάντα.",
    ),
    "question": ("Θα έρθεις την Κυριακή;", "Σου αρέσει {φαγητό};"),
    "answer": ("Ναι, θα έρθω με χαρά!", "Την Κυριακή μπορώ.", "Ευχαριστώ πολύ για τις φωτογραφίες."),
    "closing": ("Με αγάπη,", "Τα λέμε σύντομα,"),
    "wrote": ("Στις %s, %s έγραψε:",),
    "μέρος": ("νησί", "λιμάνι", "χωριό", "βουνό"),
    "φαγητό": ("φρέσκο ψωμί", "μέλι και καρύδια", "σπανακόπιτα"),
}
