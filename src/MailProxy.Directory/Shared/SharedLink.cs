using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace MailProxy.Directory.Shared;

/// <summary>
/// The way to the server where all nodes count. Whoever asks waits no longer than the timeout, and after one answer that did not come nobody waits at all
/// until a probe of our own got one: a server that is away or stuck costs each login nothing.
/// </summary>
internal sealed class SharedLink : IAsyncDisposable
{
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromMilliseconds(500);

    private readonly ConfigurationOptions _configuration;
    private readonly TimeSpan _timeout;
    private readonly string _servers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SharedMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _probing = Task.CompletedTask;
    private ConnectionMultiplexer? _connection;
    private IDatabase? _database;
    private volatile bool _isUp;
    private volatile string? _problem = "not connected yet";
    private bool _isToldDown;

    /// <param name="options">Valid.</param>
    /// <param name="logger">For its turns.</param>
    /// <param name="time">For the timeout.</param>
    public SharedLink(SharedCountsOptions options, ILogger logger, TimeProvider time)
    {
        (_timeout, _servers, _logger, _time) = (options.Timeout, string.Join(", ", options.Servers), logger, time);
        _configuration = new ConfigurationOptions
        {
            // What is not sent at once is not sent: a queue would be counted when nobody waits for it any more.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectRetry = 1,
            ConnectTimeout = 1000,
            AsyncTimeout = 1000,
            SyncTimeout = 1000,
            KeepAlive = 5,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            ReconnectRetryPolicy = new LinearRetry(500),
            ClientName = "mailproxy",
            User = options.User.Length > 0 ? options.User : null,
        };
        foreach (var server in options.Servers)
        {
            if (SharedCountsOptions.TryParse(server, out var endPoint))
            {
                _configuration.EndPoints.Add(endPoint);
            }
        }

        if (options.PasswordFile.Length > 0 && SharedCountsOptions.FirstLine(options.PasswordFile, out var password) is null)
        {
            _configuration.Password = password;
        }
    }

    /// <summary>Why the server is not used, one sentence; null while it is.</summary>
    public string? Problem => _problem;

    /// <summary>The server can be used, again or for the first time.</summary>
    public event Action? CameUp;

    /// <summary>Tries to connect, and goes on trying. Returns when it did, or after the first try.</summary>
    public async Task StartAsync()
    {
        await ProbeAsync();
        _probing = Task.Run(KeepProbingAsync);
    }

    /// <summary>Runs a script; null: no answer now. What is asked in order is done in order.</summary>
    public ValueTask<RedisResult?> AskAsync(string script, RedisKey[] keys, RedisValue[] values)
    {
        if (!_isUp || _database is not { } database)
        {
            _metrics.Skipped();
            return ValueTask.FromResult<RedisResult?>(null);
        }

        return WaitAsync(database, script, keys, values);
    }

    /// <summary>Runs a script whose answer nobody waits for.</summary>
    public void Tell(string script, RedisKey[] keys, RedisValue[] values) => _ = AskAsync(script, keys, values).AsTask();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _probing;
        _isUp = false;
        if (_connection is { } connection)
        {
            await connection.CloseAsync(allowCommandsToComplete: false).WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connection.DisposeAsync();
        }

        _stop.Dispose();
        _metrics.Dispose();
    }

    private async ValueTask<RedisResult?> WaitAsync(IDatabase database, string script, RedisKey[] keys, RedisValue[] values)
    {
        Task<RedisResult>? asking = null;
        try
        {
            asking = database.ScriptEvaluateAsync(script, keys, values);
            var answer = await asking.WaitAsync(_timeout, _time);
            _metrics.Answered();
            return answer;
        }
        catch (TimeoutException)
        {
            // Nobody waits for it any more; whatever becomes of it has been told already.
            _ = asking?.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            GoDown($"no answer within {_timeout.TotalMilliseconds:0} ms");
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            GoDown(exception.Message);
        }

        _metrics.Failed();
        return null;
    }

    private void GoDown(string reason)
    {
        lock (_gate)
        {
            _isUp = false;
            _problem = $"{_servers}: {reason}; this node counts by itself";
            if (_isToldDown || _stop.IsCancellationRequested)
            {
                return;
            }

            _isToldDown = true;
        }

        SharedLog.Down(_logger, _servers, reason);
    }

    private void GoUp()
    {
        lock (_gate)
        {
            _isUp = true;
            _problem = null;
            _isToldDown = false;
        }

        SharedLog.Up(_logger, _servers);
        CameUp?.Invoke();
    }

    private async Task KeepProbingAsync()
    {
        using var timer = new PeriodicTimer(ProbePeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (!_isUp)
                {
                    await ProbeAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (Exception exception)
        {
            SharedLog.Broke(_logger, exception, _servers);
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            if (_connection is null)
            {
                _connection = await ConnectionMultiplexer.ConnectAsync(_configuration);
                _database = _connection.GetDatabase();
            }

            await _database!.ScriptEvaluateAsync(SharedScripts.Probe, ["mailproxy:probe"], []).WaitAsync(_timeout, _time);
            GoUp();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            GoDown(exception is TimeoutException ? $"no answer within {_timeout.TotalMilliseconds:0} ms" : exception.Message);
        }
    }
}
