namespace MailProxy.Directory;

/// <summary>What users show to prove who they are.</summary>
[Flags]
public enum CredentialKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A password.</summary>
    Passwords = 1,

    /// <summary>An OAuth access token.</summary>
    Tokens = 2,
}
