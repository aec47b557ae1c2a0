namespace MailProxy.Routing.Consul.Embedded;

/// <summary>The numbers of Consul that the embedded agent keeps, and a few of its own.</summary>
internal static class EmbeddedLimits
{
    /// <summary>Octets of a value, and of any body: Consul's kv_max_value_size and txn_max_req_len.</summary>
    public const int MaxBody = 512 * 1024;

    /// <summary>Operations of a transaction: Consul up to 1.13.</summary>
    public const int MaxTxnOperations = 64;

    /// <summary>TCP connections; Consul's is 200 per client address, and here all clients share one.</summary>
    public const int MaxConnections = 1000;

    /// <summary>Keys: what consul.md calls comfortable, ten times. Beyond it a write is refused.</summary>
    public const int MaxKeys = 100_000;

    /// <summary>Remembered deletions; older ones are summed up in one index, as Consul's tombstone reaping does.</summary>
    public const int MaxTombstones = 10_000;

    /// <summary>Services, sessions: each. A development cluster has a dozen.</summary>
    public const int MaxRegistrations = 1_000;

    /// <summary>Octets of a check's output that are kept: Consul's 4 KiB.</summary>
    public const int MaxCheckOutput = 4096;

    /// <summary>Consul's bounds of blocking queries: 5 minutes unless told, never more than 10.</summary>
    public static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);

    /// <summary>See <see cref="DefaultWait"/>.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    /// <summary>Consul's bounds of a session's TTL.</summary>
    public static readonly TimeSpan MinSessionTtl = TimeSpan.FromSeconds(10);

    /// <summary>See <see cref="MinSessionTtl"/>.</summary>
    public static readonly TimeSpan MaxSessionTtl = TimeSpan.FromHours(24);

    /// <summary>Consul's lock delay unless told.</summary>
    public static readonly TimeSpan DefaultLockDelay = TimeSpan.FromSeconds(15);

    /// <summary>Consul's longest lock delay.</summary>
    public static readonly TimeSpan MaxLockDelay = TimeSpan.FromMinutes(1);

    /// <summary>Consul takes a shorter DeregisterCriticalServiceAfter as this.</summary>
    public static readonly TimeSpan MinDeregisterAfter = TimeSpan.FromMinutes(1);

    /// <summary>How often deadlines (TTL checks, sessions, deregistration) are looked at.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(500);
}
