namespace MailProxy.Protocols.Sasl;

/// <summary>What a SCRAM client says of channel binding: gs2-cbind-flag (RFC 5802 7).</summary>
public enum ScramBinding
{
    /// <summary><c>n</c>: it can do none.</summary>
    None,

    /// <summary><c>y</c>: it could, and believes that the server cannot. Where the server had offered it, somebody took the offer out.</summary>
    NotOffered,

    /// <summary><c>p=</c>: it does.</summary>
    Used,
}
