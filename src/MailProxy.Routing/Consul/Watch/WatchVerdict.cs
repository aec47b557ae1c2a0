namespace MailProxy.Routing.Consul.Watch;

/// <summary>What the receiver made of an answer.</summary>
internal enum WatchVerdict
{
    /// <summary>Taken.</summary>
    Believed,

    /// <summary>Not taken, because it may be the work of an ACL or a fresh server: read again soon.</summary>
    Doubted,
}
