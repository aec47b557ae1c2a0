using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Moves.Api;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Moves;

/// <summary>
/// A store's half of moving users: the engine's durable steps, the end of live sessions, and the pulls. Every step names its move; refusals are
/// <see cref="StoreFaultException"/>s of kind MoveConflict, with a sentence for the operator.
/// </summary>
/// <param name="engine">The mail. The caller's.</param>
/// <param name="options">Limits.</param>
/// <param name="storeId">Our id, for answers.</param>
/// <param name="newClient">Makes a client for one pull, which shows our certificate of that moment and believes other stores' only.</param>
/// <param name="logger">For events.</param>
/// <param name="time">The clock.</param>
public sealed class StoreMoves(FileStoreEngine engine, MoveOptions options, string storeId, Func<HttpClient> newClient, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    // Ended pulls whose outcome can still be asked for.
    private const int MostJobs = 1_000;

    // A session gets this long to say goodbye, and as long again to be gone once its connection was cut.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PullJob> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;
    private Task _sweeping = Task.CompletedTask;

    /// <summary>The engine, for exports.</summary>
    internal FileStoreEngine Engine => engine;

    /// <summary>Our id.</summary>
    internal string StoreId => storeId;

    /// <summary>Begins to look, now and then, for staged copies that nobody needs any more. Call once.</summary>
    public void Start() => _timer = time.CreateTimer(static self => ((StoreMoves)self!).Sweep(), this, StagedSweep.Interval, StagedSweep.Interval);

    /// <summary>Drops staged copies that nobody needs any more; how many.</summary>
    internal Task<int> DropForgottenAsync(CancellationToken cancellationToken) =>
        new StagedSweep(engine, options, IsPulling, newClient, logger).RunAsync(cancellationToken);

    /// <summary>What this store does for a user.</summary>
    public UserMoveState Get(string user) => engine.Moves.Get(user, storeId);

    /// <summary>Who is served here.</summary>
    public StoreUserPage List(string after, int most, bool withSizes, CancellationToken cancellationToken)
    {
        var (users, isLast) = engine.Moves.Roll.Read(after, most, withSizes, cancellationToken);
        return new StoreUserPage(storeId, users, isLast, options.MaxPulls);
    }

    /// <summary>Puts off users who have never been here.</summary>
    public async Task<NewcomersState> CloseToNewcomersAsync(string move, TimeSpan lease, CancellationToken cancellationToken)
    {
        await engine.Moves.CloseToNewcomersAsync(move, lease, cancellationToken);
        MoveLog.Newcomers(logger, move, "put off");
        return new NewcomersState(storeId, move, IsClosed: true);
    }

    /// <summary>Takes them again.</summary>
    public async Task<NewcomersState> OpenToNewcomersAsync(string move, CancellationToken cancellationToken)
    {
        await engine.Moves.OpenToNewcomersAsync(move, cancellationToken);
        MoveLog.Newcomers(logger, move, "taken");
        return new NewcomersState(storeId, move, IsClosed: false);
    }

    /// <summary>Begins or renews a hold; on return nothing of the user is going on.</summary>
    public async Task<UserMoveState> HoldAsync(string user, string move, TimeSpan lease, CancellationToken cancellationToken)
    {
        await engine.Moves.HoldAsync(user, move, lease, cancellationToken);
        await EndSessionsAsync(user, cancellationToken);
        return Tell(user, move, "held");
    }

    /// <summary>Ends a hold.</summary>
    public async Task<UserMoveState> ReleaseAsync(string user, string move, CancellationToken cancellationToken)
    {
        await engine.Moves.ReleaseAsync(user, move, cancellationToken);
        return Tell(user, move, "released");
    }

    /// <summary>Fences.</summary>
    public async Task<UserMoveState> FenceAsync(string user, FenceRequest request, CancellationToken cancellationToken)
    {
        await engine.Moves.FenceAsync(user, request, cancellationToken);
        await EndSessionsAsync(user, cancellationToken);
        return Tell(user, request.Move, "fenced");
    }

    /// <summary>Takes the fence away.</summary>
    public async Task<UserMoveState> UnfenceAsync(string user, string move, CancellationToken cancellationToken)
    {
        await engine.Moves.UnfenceAsync(user, move, cancellationToken);
        return Tell(user, move, "unfenced");
    }

    /// <summary>Makes the staged copy the user's mail.</summary>
    public async Task<UserMoveState> ActivateAsync(string user, string move, string hold, CancellationToken cancellationToken)
    {
        await engine.Moves.ActivateAsync(user, move, hold, cancellationToken);
        Forget(user, move);
        return Tell(user, move, "activated");
    }

    /// <summary>Drops the staged copy, with its pull.</summary>
    public async Task<UserMoveState> DropStagedAsync(string user, string move, CancellationToken cancellationToken)
    {
        if (Find(user, move) is { } job)
        {
            await job.CancelAsync();
        }

        await engine.Moves.DropStageAsync(user, move, cancellationToken);
        Forget(user, move);
        return Tell(user, move, "staged copy dropped");
    }

    /// <summary>Removes what a fenced user left behind.</summary>
    public async Task<UserMoveState> PurgeAsync(string user, string move, CancellationToken cancellationToken)
    {
        await engine.Moves.PurgeAsync(user, move, cancellationToken);
        return Tell(user, move, "left-behind mail removed");
    }

    /// <summary>Begins a pull.</summary>
    public async Task<PullProgress> PullAsync(string user, string move, Uri from, CancellationToken cancellationToken)
    {
        var job = new PullJob(move, time, _stop.Token);
        if (Reserve(user, move, job) is { } running)
        {
            job.Dispose();
            return running.Progress;
        }

        try
        {
            var staged = await engine.Moves.BeginStageAsync(user, move, from.AbsoluteUri, cancellationToken);
            job.Start(
                async stop =>
                {
                    using (staged)
                    {
                        using var client = newClient();
                        var source = new PullSource(client, from, user, move);
                        var pull = new UserPull(engine, source, staged, job.Counts, options.PullConnections, job.TakenSince);
                        var hold = await pull.RunAsync(stop);
                        job.TakenSince = pull.TakenSince;
                        LogEnd(job.Progress, user, from, hold);
                        return hold;
                    }
                },
                exception => Explain(exception, user, move, from));
        }
        catch
        {
            job.GiveUp();
            Forget(user, move);
            throw;
        }

        return job.Progress;
    }

    /// <summary>How far the latest pull of a move is; waits up to <paramref name="wait"/> for its end.</summary>
    public async Task<PullProgress> GetPullAsync(string user, string move, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (Find(user, move) is not { } job)
        {
            return new(move, PullPhase.None, null, 0, 0, 0, 0, 0, 0, 0, 0, null);
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.WhenAny(job.Done, Task.Delay(wait, time, cancellationToken));
        }

        return job.Progress;
    }

    /// <summary>Stops all pulls, and with them the answers that wait for one. What has arrived stays.</summary>
    public async Task StopAsync()
    {
        await (_timer?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _stop.CancelAsync();
        await Task.WhenAll([.. Jobs().Select(job => job.Done), _sweeping]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var job in Jobs())
        {
            job.Dispose();
        }

        _stop.Dispose();
    }

    private void Sweep()
    {
        if (_sweeping.IsCompleted)
        {
            _sweeping = SweepAsync();
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            await DropForgottenAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            MoveLog.SweepEnds(logger);
        }
        catch (Exception exception)
        {
            // On a timer's thread it would end the process.
            MoveLog.SweepBroke(logger, exception);
        }
    }

    private bool IsPulling(string user)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(user, out var job) && !job.IsOver;
        }
    }

    private async Task EndSessionsAsync(string user, CancellationToken cancellationToken)
    {
        if (!await engine.Sessions.EndAsync(user, Grace, cancellationToken))
        {
            throw new StoreFaultException(StoreFaultKind.Failed, $"Some sessions of {user} are not over yet; the user is held. Ask again.");
        }
    }

    private UserMoveState Tell(string user, string move, string step)
    {
        MoveLog.Done(logger, move, user, step);
        return Get(user);
    }

    private string Explain(Exception exception, string user, string move, Uri from)
    {
        MoveLog.PullFailed(logger, exception, move, user, from.AbsoluteUri);
        return exception switch
        {
            PullFailedException or StoreFaultException => exception.Message,
            OperationCanceledException => "The pull was stopped. What has arrived stays; pull again to go on.",
            _ => $"The pull failed: {exception.Message} The store's log says more; what has arrived stays.",
        };
    }

    private void LogEnd(PullProgress end, string user, Uri from, string? hold) => MoveLog.Pulled(
        logger, end.Move, user, from.AbsoluteUri, end.Seconds, end.Messages, end.Octets, end.Reused, end.Changed, end.Removed, hold ?? "no hold");

    private PullJob? Find(string user, string move)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(user, out var job) && job.Move == move ? job : null;
        }
    }

    private List<PullJob> Jobs()
    {
        lock (_gate)
        {
            return [.. _jobs.Values];
        }
    }

    private void Forget(string user, string move)
    {
        lock (_gate)
        {
            if (_jobs.TryGetValue(user, out var job) && job.Move == move && job.IsOver)
            {
                _jobs.Remove(user);
                job.Dispose();
            }
        }
    }

    // The pull of the same move that runs already, or null: the new one has the place.
    private PullJob? Reserve(string user, string move, PullJob job)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                throw new StoreFaultException(StoreFaultKind.Failed, "The store is stopping: ask again when it is back.");
            }

            if (_jobs.TryGetValue(user, out var present) && !present.IsOver)
            {
                return present.Move == move
                    ? present
                    : throw new StoreFaultException(StoreFaultKind.MoveConflict, $"{user} is being pulled by another move, '{present.Move}': finish or abort that one first.");
            }

            if (_jobs.Values.Count(other => !other.IsOver) >= options.MaxPulls)
            {
                throw new StoreFaultException(StoreFaultKind.Failed, $"{options.MaxPulls} users are being pulled already (Moves:MaxPulls): try again later.");
            }

            if (_jobs.Count >= MostJobs)
            {
                foreach (var (other, _) in _jobs.Where(pair => pair.Value.IsOver).ToList())
                {
                    _jobs.Remove(other);
                }
            }

            job.TakenSince = present?.Move == move ? present.TakenSince : 0;
            present?.Dispose();
            _jobs[user] = job;
            return null;
        }
    }
}
