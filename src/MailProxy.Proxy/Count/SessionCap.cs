namespace MailProxy.Proxy.Count;

/// <summary>Which cap leaves no room for a session.</summary>
public enum SessionCap
{
    /// <summary>None: there is room.</summary>
    None,

    /// <summary><see cref="Sessions.LimitOptions.SessionsPerUser"/>.</summary>
    User,

    /// <summary><see cref="Sessions.LimitOptions.SessionsPerUserAndAddress"/>.</summary>
    UserAndAddress,
}
