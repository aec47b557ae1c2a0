namespace MailProxy.Directory.Shared;

/// <summary>Which cap leaves no room for a session; as the script numbers them.</summary>
public enum SharedCap
{
    /// <summary>None: it is counted in.</summary>
    None = 0,

    /// <summary>The user's.</summary>
    User = 1,

    /// <summary>The user's from one address.</summary>
    UserAndAddress = 2,
}
