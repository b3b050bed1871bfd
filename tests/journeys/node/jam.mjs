// Drives jmap-jam (npm) against a server; what it found goes to standard output as JSON.
//
// Jam knows Bearer tokens only. Its `authHeader` is public, and `JamClient.loadSession` takes any: so the session is
// loaded again with Basic credentials, and every later request uses them. The constructor's own first request, with a
// token that is none, is answered 401, and Jam does not mind.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, sessionUrl, name, password] = process.argv.slice(2);
const { default: JamClient } = await import(
  pathToFileURL(createRequire(`${packages}/`).resolve("jmap-jam")).href
);

const jam = new JamClient({ sessionUrl, bearerToken: "none" });
await jam.session;
jam.authHeader = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
jam.session = JamClient.loadSession(sessionUrl, jam.authHeader);

const accountId = await jam.getPrimaryAccount();
const [mailboxes] = await jam.api.Mailbox.get({ accountId, ids: null });
const role = (wanted) => mailboxes.list.find((mailbox) => mailbox.role === wanted).id;

const [{ query, emails }] = await jam.requestMany((t) => {
  const query = t.Email.query({ accountId, sort: [{ property: "receivedAt", isAscending: true }], limit: 100 });
  const emails = t.Email.get({
    accountId,
    ids: query.$ref("/ids"),
    properties: ["id", "subject", "receivedAt", "textBody", "bodyValues", "attachments"],
    fetchTextBodyValues: true,
  });
  return { query, emails };
});

const [found] = await jam.api.Email.query({ accountId, filter: { text: "harbour" } });

const [moved] = await jam.api.Email.set({
  accountId,
  update: {
    [query.ids[0]]: { "keywords/$flagged": true, mailboxIds: { [role("archive")]: true } },
  },
});

const attached = emails.list.find((email) => email.attachments.length > 0);
const part = attached.attachments[0];
const download = await jam.downloadBlob({
  accountId, blobId: part.blobId, mimeType: part.type, fileName: part.name,
});
const octets = Buffer.from(await download.arrayBuffer());

const uploaded = await jam.uploadBlob(accountId, "From: a@far.example\r\nSubject: From Jam\r\n\r\nHello.\r\n");
const [imported] = await jam.api.Email.import({
  accountId,
  emails: { e: { blobId: uploaded.blobId, mailboxIds: { [role("inbox")]: true }, keywords: {} } },
});

let refusal = null;
try {
  await jam.request(["Email/get", { accountId: "nobody", ids: [] }]);
} catch (error) {
  refusal = error.type;
}

console.log(
  JSON.stringify({
    accountId,
    mailboxes: mailboxes.list.map(({ id, name, role, totalEmails }) => ({ id, name, role, totalEmails })),
    emails: emails.list.map((email) => ({
      id: email.id,
      subject: email.subject,
      receivedAt: email.receivedAt,
      text: email.bodyValues[email.textBody[0].partId].value,
    })),
    found: found.ids,
    moved: moved.updated,
    attachment: { email: attached.id, octets: octets.toString("base64") },
    imported: imported.created.e.id,
    refusal,
  }),
);
