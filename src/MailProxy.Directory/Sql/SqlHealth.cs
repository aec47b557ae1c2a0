using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Sql;

/// <summary>
/// Whether the database answered when it was asked last. While it did not, it is asked again in the background, with pauses that grow and are shuffled so that
/// a tier of proxies does not come back in step.
/// </summary>
internal sealed class SqlHealth(string database, Func<CancellationToken, Task<SqlFault?>> probe, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    /// <summary>A server that restarts is back within a second or two.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    /// <summary>So long nobody notices that it is back, if nobody logs in either.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _failed = new(0, 1);
    private volatile string? _problem = "not started yet";
    private readonly Lock _gate = new();
    private bool _toldFailure;
    private Task _loop = Task.CompletedTask;

    /// <summary>One sentence while the last attempt failed, else null.</summary>
    public string? Problem => _problem;

    /// <summary>Asks once, and goes on from there. Never throws.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Report(await probe(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            Report(new SqlFault($"{database}: has not been asked yet"));
        }

        _loop = Task.Run(LoopAsync, CancellationToken.None);
    }

    /// <summary>What an attempt came to: a fault, or null for an answer.</summary>
    public void Report(SqlFault? fault)
    {
        if (fault is null && _problem is null)
        {
            return;
        }

        if (fault?.IsOfQuestion == true)
        {
            SqlDirectoryLog.QuestionFailed(logger, fault.Text);
            return;
        }

        // One turn at a time: a failure that nobody was woken for would last until the next login.
        lock (_gate)
        {
            bool isNews = fault is not null && !_toldFailure;
            bool isRecovery = fault is null && _problem is not null;
            (_problem, _toldFailure) = (fault?.Text, fault is not null);
            if (isNews)
            {
                SqlDirectoryLog.Failed(logger, fault!.Text);
                Wake();
            }
            else if (isRecovery)
            {
                SqlDirectoryLog.Answers(logger, database);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _problem = $"{database}: stopped";
    }

    private void Wake()
    {
        try
        {
            _failed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await _failed.WaitAsync(_stopping.Token);
                for (int failures = 0; _problem is not null; failures++)
                {
                    await Task.Delay(Backoff.After(failures, FirstPause, LongestPause, Random.Shared.NextDouble()), time, _stopping.Token);
                    Report(await probe(_stopping.Token));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
