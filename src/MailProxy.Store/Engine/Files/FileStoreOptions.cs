namespace MailProxy.Store.Engine.Files;

/// <summary>Where a file store keeps its mail, and what it allows.</summary>
public sealed class FileStoreOptions
{
    /// <summary>Most octets of a message; a backstop below the servers' own SIZE limits (150 MB: Exchange Online's largest).</summary>
    public const long MaxMessageOctetsDefault = 150L * 1024 * 1024;

    /// <summary>Most mailboxes of one user (Gmail allows 10,000 labels).</summary>
    public const int MaxMailboxesDefault = 10_000;

    /// <summary>Most keywords on one message (Dovecot's mbox and Courier stop at 26; Thunderbird tags stay far below).</summary>
    public const int MaxKeywordsDefault = 64;

    /// <summary>New mail is refused below this much free space, so that the database can still record deletions.</summary>
    public const long MinFreeOctetsDefault = 64L * 1024 * 1024;

    /// <summary>Threads that wait in fsync; a journalling file system commits what waits together as one (measured: 16 waiters cost 1/15 each).</summary>
    public const int SyncThreadsDefault = 16;

    /// <summary>Most message entries kept in memory for mailboxes that nobody has open (about 100 octets each).</summary>
    public const int MaxIdleEntriesDefault = 500_000;

    /// <summary>Most users kept in memory without an open session.</summary>
    public const int MaxIdleUsersDefault = 4_096;

    /// <summary>Longest time that a repeated copy may be known by; each costs some 200 octets of the database.</summary>
    public static readonly TimeSpan MostRepeatWindow = TimeSpan.FromDays(7);

    /// <summary>The folder that holds everything. It is made if it is missing; its parent must exist or be creatable.</summary>
    public string Data { get; set; } = "";

    /// <inheritdoc cref="MaxMessageOctetsDefault"/>
    public long MaxMessageOctets { get; set; } = MaxMessageOctetsDefault;

    /// <inheritdoc cref="MaxMailboxesDefault"/>
    public int MaxMailboxes { get; set; } = MaxMailboxesDefault;

    /// <inheritdoc cref="MaxKeywordsDefault"/>
    public int MaxKeywords { get; set; } = MaxKeywordsDefault;

    /// <inheritdoc cref="MinFreeOctetsDefault"/>
    public long MinFreeOctets { get; set; } = MinFreeOctetsDefault;

    /// <inheritdoc cref="SyncThreadsDefault"/>
    public int SyncThreads { get; set; } = SyncThreadsDefault;

    /// <inheritdoc cref="MaxIdleEntriesDefault"/>
    public int MaxIdleEntries { get; set; } = MaxIdleEntriesDefault;

    /// <inheritdoc cref="MaxIdleUsersDefault"/>
    public int MaxIdleUsers { get; set; } = MaxIdleUsersDefault;

    /// <summary>
    /// A message that a user took within this time (same sender, same content below the trace fields) is acknowledged and not stored again: its sender
    /// repeats it because another recipient's server refused it. One day: senders repeat within hours (RFC 5321 4.5.4.1). Zero: every copy is stored.
    /// </summary>
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Every error at once, each naming its key below <paramref name="path"/> (<c>Store:Files</c>).</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (string.IsNullOrWhiteSpace(Data))
        {
            yield return $"{path}:{nameof(Data)} is missing: name the folder that is to hold the mail.";
        }
        else if (Data.Contains('\0', StringComparison.Ordinal))
        {
            yield return $"{path}:{nameof(Data)} holds a NUL character.";
        }

        foreach ((string name, long value, long least) in new[]
        {
            (nameof(MaxMessageOctets), MaxMessageOctets, 1L),
            (nameof(MaxMailboxes), MaxMailboxes, 6L), // those that every user gets
            (nameof(MaxKeywords), MaxKeywords, 0L),
            (nameof(MinFreeOctets), MinFreeOctets, 0L),
            (nameof(SyncThreads), SyncThreads, 1L),
            (nameof(MaxIdleEntries), MaxIdleEntries, 0L),
            (nameof(MaxIdleUsers), MaxIdleUsers, 0L),
        })
        {
            if (value < least)
            {
                yield return $"{path}:{name} is {value}; it must be at least {least}.";
            }
        }

        if (RepeatWindow < TimeSpan.Zero || RepeatWindow > MostRepeatWindow)
        {
            yield return $"{path}:{nameof(RepeatWindow)} is {RepeatWindow}; it must be between 00:00:00 (off) and {MostRepeatWindow}.";
        }

        if (SyncThreads > 256)
        {
            yield return $"{path}:{nameof(SyncThreads)} is {SyncThreads}; it must be at most 256.";
        }
    }
}
