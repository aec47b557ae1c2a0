namespace MailProxy.Proxy.Sessions;

/// <summary>A session that is tied to a store: what has to be known to end it when its user moves.</summary>
internal sealed class LiveSession(SessionContext context, string storeId) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private int _disposed;

    /// <summary>The session.</summary>
    public SessionContext Context => context;

    /// <summary>The store it is tied to.</summary>
    public string StoreId => storeId;

    /// <summary>Cancelled when the session must end.</summary>
    public CancellationToken Ending => _end.Token;

    /// <summary>Why it was asked to end; null while it was not.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Asks it to end. The first reason stays.</summary>
    public void End(string reason)
    {
        EndReason ??= reason;
        if (Volatile.Read(ref _disposed) == 0)
        {
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself in this very moment, which is what was asked for.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        _end.Dispose();
    }
}
