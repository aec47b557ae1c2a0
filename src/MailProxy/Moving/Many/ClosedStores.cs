using MailProxy.Routing.Moves;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Moving.Many;

/// <summary>Stores that put off users who have never been there, for as long as this lives. So nobody appears in a slot between its last listing and its change of hands.</summary>
internal sealed class ClosedStores : IAsyncDisposable
{
    // A command that dies leaves them closed for as long.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly string _id = $"newcomers-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private readonly ManyContext _context;
    private readonly IReadOnlyList<string> _stores;
    private Task _renewing = Task.CompletedTask;
    private long _renewed;

    private ClosedStores(ManyContext context, IReadOnlyList<string> stores) => (_context, _stores) = (context, stores);

    /// <summary>Closes them. On return the list of each holds everybody who was taken before.</summary>
    public static async Task<ClosedStores> CloseAsync(ManyContext context, IReadOnlyList<string> stores, CancellationToken stop)
    {
        var closed = new ClosedStores(context, stores);
        try
        {
            await closed.CloseAllAsync(stop);
            closed._renewing = closed.RenewAsync();
            return closed;
        }
        catch
        {
            await closed.DisposeAsync();
            throw;
        }
    }

    /// <summary>They have been closed without a gap until now.</summary>
    /// <exception cref="MoveException">One may have opened by itself.</exception>
    public void MustHold()
    {
        if (_context.Time.GetElapsedTime(Volatile.Read(ref _renewed)) >= Lease)
        {
            throw new MoveException("A store may have taken new users meanwhile (it did not answer for too long). Nothing was changed; repeat the command.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(Farewell, _context.Time);
        foreach (var store in _stores)
        {
            try
            {
                await AskAsync(store, client => client.OpenToNewcomersAsync(_id, limit.Token));
            }
            catch (Exception exception) when (exception is MoveException or OperationCanceledException)
            {
                // It opens by itself when the lease is over.
                continue;
            }
        }

        _stop.Dispose();
    }

    private async Task CloseAllAsync(CancellationToken stop)
    {
        // From before the first is asked: the store counts from when it hears of it.
        var sent = _context.Time.GetTimestamp();
        foreach (var store in _stores)
        {
            await AskAsync(store, client => client.CloseToNewcomersAsync(new NewcomersRequest(_id, (int)Lease.TotalSeconds), stop));
        }

        Volatile.Write(ref _renewed, sent);
    }

    private async Task RenewAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Renewal, _context.Time, _stop.Token);
            try
            {
                // One that had run out meanwhile opens a gap, which nothing after it closes.
                MustHold();
                await CloseAllAsync(_stop.Token);
            }
            catch (MoveException)
            {
                // MustHold tells whoever relies on it.
                continue;
            }
        }
    }

    private async Task AskAsync(string store, Func<StoreMoveClient, Task<NewcomersState>> ask)
    {
        var node = _context.NodeOf(store) ?? throw new MoveException($"Consul lists no store {store} any more.");
        try
        {
            await ask(_context.Clients.For(node));
        }
        catch (StoreMoveException exception)
        {
            throw new MoveException($"{store}: {exception.Message}", exception);
        }
    }
}
