namespace MailProxy.Directory;

/// <summary>What a directory says of credentials.</summary>
public enum AuthenticationOutcome
{
    /// <summary>They are the user's.</summary>
    Authenticated,

    /// <summary>There is no such user. The client hears the same as for a wrong password.</summary>
    NoSuchUser,

    /// <summary>The secret is wrong.</summary>
    WrongPassword,

    /// <summary>The account is disabled (only told after the right password).</summary>
    Disabled,

    /// <summary>The secret is right but expired.</summary>
    Expired,

    /// <summary>The user may not act as the one asked for.</summary>
    NotAuthorized,

    /// <summary>Not asked: too many wrong passwords came lately.</summary>
    Throttled,

    /// <summary>The directory cannot say now.</summary>
    TemporarilyUnavailable,
}
