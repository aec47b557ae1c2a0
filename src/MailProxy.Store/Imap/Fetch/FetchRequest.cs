using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>A parsed FETCH.</summary>
/// <param name="Set">Which messages.</param>
/// <param name="Items">What of them, in order.</param>
/// <param name="ChangedSince">Only those with a higher mod-sequence (RFC 7162 3.1.4.1); null: all.</param>
internal sealed record FetchRequest(ImapSequenceSet Set, IReadOnlyList<FetchItem> Items, ulong? ChangedSince);
