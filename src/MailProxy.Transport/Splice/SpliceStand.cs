namespace MailProxy.Transport.Splice;

/// <summary>Whether a splice may be stopped.</summary>
public enum SpliceStand
{
    /// <summary>Not now: something is under way.</summary>
    Busy,

    /// <summary>Now, and the client would understand a goodbye.</summary>
    Boundary,

    /// <summary>Nobody knows, now or later.</summary>
    Opaque,
}
