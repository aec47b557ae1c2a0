using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Session;

/// <summary>One line of the table of verbs.</summary>
/// <param name="Name">Upper case; <c>UID FETCH</c> is one verb.</param>
/// <param name="When">States that allow it.</param>
/// <param name="Run">Does it.</param>
/// <param name="KeepsNumbers">True when no EXPUNGE may be told with its answer (RFC 9051 7.5.1).</param>
internal sealed record ImapVerb(string Name, ImapStates When, Func<ImapSession, ImapCommand, ValueTask<ImapReply>> Run, bool KeepsNumbers = false);
