namespace MailProxy.Moving;

/// <summary>What to do about a move.</summary>
internal enum MoveRequestKind
{
    /// <summary>Begin one.</summary>
    Begin,

    /// <summary>Go on with one that nobody drives any more.</summary>
    Resume,

    /// <summary>Take one back.</summary>
    Abort,

    /// <summary>Tell how it stands.</summary>
    Status,
}
