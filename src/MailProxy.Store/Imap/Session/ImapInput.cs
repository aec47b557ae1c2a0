using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Session;

/// <summary>One thing read from the client.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Tag">For the answer; <c>*</c> when none could be read.</param>
/// <param name="Command">For Command and Streaming.</param>
/// <param name="Literal">For Streaming: the octets that follow.</param>
internal readonly record struct ImapInput(ImapInputKind Kind, string Tag = "*", ImapCommand? Command = null, PendingLiteral? Literal = null);
