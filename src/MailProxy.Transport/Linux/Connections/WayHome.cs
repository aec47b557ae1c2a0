using System.Threading.Tasks.Sources;
using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>Continues whoever awaits it on a reactor.</summary>
internal sealed class WayHome(Reactor reactor) : IValueTaskSource
{
    /// <inheritdoc/>
    public void GetResult(short token)
    {
        // Nothing can go wrong on the way.
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        reactor.Post(new SendOrPostCallback(continuation), state);
}
