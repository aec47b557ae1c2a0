using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.HttpAuth;

/// <summary>The service's URLs: the first that is well is asked, one that failed is left alone for a while and then dialled to see.</summary>
internal sealed class AuthServices : IAsyncDisposable
{
    // How often those that are put aside are looked at; connecting costs nothing, and readiness must turn without a login.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly HttpMessageInvoker _client;
    private readonly AuthService[] _services;
    private readonly HttpAuthOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _probing = Task.CompletedTask;
    private int _disposed;

    /// <param name="options">Valid.</param>
    /// <param name="logger">For what fails and comes back.</param>
    /// <param name="time">For timeouts and pauses.</param>
    public AuthServices(HttpAuthOptions options, ILogger logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        _client = new HttpMessageInvoker(HandlerOf(options));
        _services = [.. options.Urls.Select(url => new AuthService(new Uri(url), _client, options, time))];
    }

    /// <summary>Why none can be asked; null: one can.</summary>
    public string? Unreadiness => _services.All(service => service.Problem is not null) ? Problems : null;

    /// <summary>Which cannot be asked now; null: all can.</summary>
    public string? Problems => _services.Where(service => service.Problem is not null).Select(service => $"{service.Url}: {service.Problem}").ToArray() is { Length: > 0 } all
        ? string.Join("; ", all)
        : null;

    /// <summary>Dials each URL once, and those that fail again until they answer.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_services.Select(service => ProbeAsync(service, cancellationToken)));
        _probing = ProbeAllAsync(_stop.Token);
    }

    /// <summary>Asks the URLs in turn until one gives an answer.</summary>
    /// <param name="user">For the log.</param>
    /// <param name="headers">The question.</param>
    /// <param name="cancellationToken">The asker's.</param>
    /// <returns>The answer, or the last problem; and whose it is.</returns>
    public async Task<(HttpAnswer Answer, string Url)> AskAsync(string user, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        (HttpAnswer Answer, string Url) last = default;
        foreach (var service in Candidates())
        {
            var answer = await service.AskAsync(headers, cancellationToken);
            last = (answer, service.Url);
            if (answer is HttpAnswer.Unusable { IsOfServer: true } failed)
            {
                Fail(service, failed.Problem);
                continue;
            }

            if (answer is HttpAnswer.Unusable unusable)
            {
                HttpAuthLog.Unusable(_logger, service.Url, user, unusable.Problem);
            }
            else
            {
                Recover(service, hasAnswered: true);
            }

            break;
        }

        return last;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await _probing;
        _client.Dispose();
        _stop.Dispose();
    }

    // If all are put aside, the one whose pause ends first is asked all the same: a login is worth a try.
    private List<AuthService> Candidates()
    {
        var due = _services.Where(service => service.IsDue).ToList();
        return due.Count > 0 ? due : [_services.MinBy(service => service.ResumesAt)!];
    }

    private void Fail(AuthService service, string problem)
    {
        if (service.PutAside(problem, Random.Shared.NextDouble()) is { } pause)
        {
            HttpAuthLog.PutAside(_logger, service.Url, pause.TotalSeconds, problem);
        }
    }

    private void Recover(AuthService service, bool hasAnswered)
    {
        if (service.Restore(hasAnswered))
        {
            HttpAuthLog.Back(_logger, service.Url);
        }
    }

    private async Task ProbeAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(ProbeInterval, _time);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await Task.WhenAll(_services.Where(service => service is { Problem: not null, IsDue: true }).Select(service => ProbeAsync(service, cancellationToken)));
            }
        }
        catch (OperationCanceledException)
        {
            // It is disposed.
        }
    }

    // A connection and no question: what would be asked is somebody's password.
    private async Task ProbeAsync(AuthService service, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(service.EndPoint, either.Token);
            Recover(service, hasAnswered: false);
        }
        catch (SocketException exception)
        {
            Fail(service, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Fail(service, $"no connection within {_options.Timeout.TotalSeconds:0.###} s");
        }
    }

    private static SocketsHttpHandler HandlerOf(HttpAuthOptions options) => new()
    {
        MaxConnectionsPerServer = options.Connections,
        ConnectTimeout = options.Timeout,

        // A name's addresses may change: no connection outlives that by more than this.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),

        // Below what servers commonly allow (nginx: 75 s, Apache: 5 s); one that was closed meanwhile costs a second attempt, which the handler makes.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),

        // 8 KB of headers; a body says nothing and is read away, if it is short, so that the connection can go on being used.
        MaxResponseHeadersLength = 8,
        MaxResponseDrainSize = 64 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = HttpAuthTls.Of(options),

        // One character is one octet: names and passwords go out in UTF-8 as they came in.
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };
}
