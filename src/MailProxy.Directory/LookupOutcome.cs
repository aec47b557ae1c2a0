namespace MailProxy.Directory;

/// <summary>What an address can be.</summary>
public enum LookupOutcome
{
    /// <summary>A user, or an alias of one or more users.</summary>
    Found,

    /// <summary>The domain is ours, the address is nobody's (disabled users are found: their mail is still theirs).</summary>
    NoSuchUser,

    /// <summary>The domain is none of ours.</summary>
    NotOurDomain,

    /// <summary>The directory cannot say now.</summary>
    TemporarilyUnavailable,
}
