namespace MailProxy.Protocols.Imap;

/// <summary>One response of a server, as far as a login needs to understand it.</summary>
/// <param name="Kind">What stands before it.</param>
/// <param name="Tag">The tag when Tagged; otherwise empty.</param>
/// <param name="Status">Upper case: OK, NO, BAD, BYE or PREAUTH. Empty for data and continuations.</param>
/// <param name="Code">What is between the brackets of a response code, without them; empty when there is none.</param>
/// <param name="Text">Status: the human text behind status and code. Data: all of it, e.g. <c>CAPABILITY IMAP4rev1 ...</c>, literals left out behind their headers. Continuation: what follows <c>+ </c>.</param>
public sealed record ImapResponse(ImapResponseKind Kind, string Tag, string Status, string Code, string Text);
