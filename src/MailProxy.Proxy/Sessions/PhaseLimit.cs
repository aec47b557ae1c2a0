namespace MailProxy.Proxy.Sessions;

/// <summary>The limit of one phase, until it is disposed: then the session's token is a fresh one if only this limit had passed.</summary>
internal readonly struct PhaseLimit(SessionDeadline deadline) : IDisposable
{
    /// <summary>True when this limit is what cancelled.</summary>
    public bool HasPassed => deadline.Cause == DeadlineCause.PhaseLimit;

    /// <inheritdoc/>
    public void Dispose() => deadline.EndPhase();
}
