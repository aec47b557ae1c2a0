namespace MailProxy.Store.Moves;

/// <summary>What a pull has done so far; read while it runs.</summary>
internal sealed class PullCounts
{
    private long _messages;
    private long _octets;

    /// <summary>Mailboxes looked at.</summary>
    public int Mailboxes { get; set; }

    /// <summary>Mailboxes of the source.</summary>
    public int MailboxesTotal { get; set; }

    /// <summary>Messages whose content was here already.</summary>
    public long Reused { get; set; }

    /// <summary>Messages whose flags changed.</summary>
    public long Changed { get; set; }

    /// <summary>Messages removed.</summary>
    public long Removed { get; set; }

    /// <summary>Messages fetched.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Their octets.</summary>
    public long Octets => Interlocked.Read(ref _octets);

    /// <summary>One message came. On any thread.</summary>
    public void AddFetched(long octets)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _octets, octets);
    }
}
