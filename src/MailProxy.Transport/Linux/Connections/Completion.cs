using System.Threading.Tasks.Sources;
using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>
/// What one operation at a time is awaited through, without an allocation per wait. What was awaited on a reactor's thread continues inline
/// there; what was awaited elsewhere continues elsewhere, so that nobody's code holds a reactor by accident.
/// </summary>
internal sealed class Completion<T> : IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core;

    /// <summary>Begins an operation; the previous one must have been awaited.</summary>
    public void Begin()
    {
        _core.Reset();
        _core.RunContinuationsAsynchronously = Reactor.Current is null;
    }

    /// <summary>To hand out after <see cref="Begin"/>.</summary>
    public ValueTask<T> Task => new(this, _core.Version);

    /// <summary>The same without the value.</summary>
    public ValueTask Done => new(this, _core.Version);

    /// <summary>Ends the operation. Last thing to do for whoever calls: the continuation may run before this returns.</summary>
    public void Succeed(T value) => _core.SetResult(value);

    /// <summary>The same with an error.</summary>
    public void Fail(Exception error) => _core.SetException(error);

    /// <inheritdoc/>
    public T GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
