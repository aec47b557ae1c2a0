namespace MailProxy.Proxy.Milter;

/// <summary>What becomes of a message that a milter wants quarantined. A proxy has no queue to hold it in.</summary>
public enum MilterQuarantine
{
    /// <summary>It is refused: the sender hears so, and nobody gets it.</summary>
    Reject,

    /// <summary>It is delivered with <c>X-MailProxy-Quarantine: reason</c> at its head, for the stores' filters.</summary>
    Mark,
}
