namespace MailProxy.Moving.Many;

/// <summary>What to do about moving many users.</summary>
internal enum ManyRequestKind
{
    /// <summary>Move them; a plan that stands is gone on with.</summary>
    Run,

    /// <summary>The same, but only if there is such a plan, and as it says.</summary>
    Resume,

    /// <summary>Show what would be done.</summary>
    DryRun,

    /// <summary>Tell how it stands.</summary>
    Status,
}
