namespace MailProxy.Transport.Linux.Reactors;

/// <summary>An operation that waits until its socket can be read or written. Told once per wait, on the reactor's thread.</summary>
internal interface IReadinessWaiter
{
    /// <summary>Try again.</summary>
    void OnReady();
}
