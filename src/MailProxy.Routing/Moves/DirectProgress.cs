namespace MailProxy.Routing.Moves;

/// <summary>Tells at once, on the caller's thread: the framework's own sends lines through the thread pool, which may change their order.</summary>
public sealed class DirectProgress<T>(Action<T> tell) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => tell(value);
}
