namespace MailProxy.Proxy.Milter;

/// <summary>What becomes of a message whose milter cannot be asked.</summary>
public enum MilterFailure
{
    /// <summary>It is put off: the sender hears 451 and repeats.</summary>
    TempFail,

    /// <summary>It goes on without this milter.</summary>
    Accept,
}
