namespace MailProxy.Store.Engine;

/// <summary>The forms of STORE (RFC 9051 6.4.6).</summary>
public enum FlagChange
{
    /// <summary>FLAGS.</summary>
    Replace,

    /// <summary>+FLAGS.</summary>
    Add,

    /// <summary>-FLAGS.</summary>
    Remove,
}
