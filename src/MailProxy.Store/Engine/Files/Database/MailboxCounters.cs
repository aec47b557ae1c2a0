namespace MailProxy.Store.Engine.Files.Database;

/// <summary>The counters of a mailbox that outlive its messages.</summary>
/// <param name="UidNext">Only ever grows.</param>
/// <param name="HighestModSeq">Only ever grows, also by an expunge.</param>
internal readonly record struct MailboxCounters(uint UidNext, ulong HighestModSeq)
{
    /// <summary>Of a new mailbox (RFC 7162: mod-sequences start at 1).</summary>
    public static MailboxCounters First => new(1, 1);
}
