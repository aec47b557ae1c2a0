namespace MailProxy.Transport.Linux.Reactors;

/// <summary>
/// What an await on a reactor's thread captures: whatever left for the thread pool (a directory, a hash, DNS) returns to its reactor, and what a
/// reactor completes for somebody on another thread does not run here.
/// </summary>
internal sealed class ReactorContext(Reactor reactor) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => reactor.Post(d, state);

    /// <summary>Not offered: nobody blocks for a reactor.</summary>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A reactor is never waited for.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
