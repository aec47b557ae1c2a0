using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace MailProxy.Directory.HttpAuth;

/// <summary>One URL of the service: asks, over a bounded number of connections, and remembers how it fares.</summary>
/// <param name="url">Valid.</param>
/// <param name="client">Shared with the others.</param>
/// <param name="options">Valid.</param>
/// <param name="time">For the timeout and the pause.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle has nothing to dispose, and a late login gives its place back.")]
internal sealed class AuthService(Uri url, HttpMessageInvoker client, HttpAuthOptions options, TimeProvider time)
{
    private readonly Admission _admission = new(options.Connections, options.Waiting);
    private readonly KeyValuePair<string, string>[] _headers = [.. options.HeaderPairs];
    private readonly Lock _lock = new();
    private int _failures;
    private long _resumesAt;
    private string? _problem;

    /// <summary>As configured.</summary>
    public string Url { get; } = url.AbsoluteUri;

    /// <summary>Where it is dialled.</summary>
    public DnsEndPoint EndPoint { get; } = new(url.IdnHost, url.Port);

    /// <summary>Why it is put aside; null: it is not.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>When it may be asked again, if it is put aside: the clock's timestamp.</summary>
    public long ResumesAt => Volatile.Read(ref _resumesAt);

    /// <summary>It may be asked.</summary>
    public bool IsDue => Problem is null || time.GetTimestamp() >= ResumesAt;

    /// <summary>Asks. Never throws but for cancellation.</summary>
    /// <param name="headers">The question.</param>
    /// <param name="cancellationToken">The asker's.</param>
    public async Task<HttpAnswer> AskAsync(IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var hasPlace = false;
        try
        {
            hasPlace = await _admission.EnterAsync(either.Token);
            if (!hasPlace)
            {
                return new HttpAnswer.Unusable($"{options.Waiting} logins wait for its {options.Connections} connections already", IsOfServer: false);
            }

            using var request = RequestOf(headers);
            using var response = await client.SendAsync(request, either.Token);
            return AnswerReader.Read(response.StatusCode, name => ValuesOf(response, name), options.LongestWait);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HttpAnswer.Unusable(
                hasPlace ? $"no answer within {options.Timeout.TotalSeconds:0.###} s" : $"none of its {options.Connections} connections came free within {options.Timeout.TotalSeconds:0.###} s",
                IsOfServer: hasPlace);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return new HttpAnswer.Unusable(TextOf(exception), IsOfServer: true);
        }
        catch (ObjectDisposedException)
        {
            // A login that came when the node was through with it.
            return new HttpAnswer.Unusable("this node stops", IsOfServer: false);
        }
        finally
        {
            if (hasPlace)
            {
                _admission.Leave();
            }
        }
    }

    /// <summary>It failed: leaves it alone for a time that doubles with each failure in a row; returns for how long, or null if others have just done so.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="shuffle">0 to 1: so that nodes do not come back all at once.</param>
    public TimeSpan? PutAside(string problem, double shuffle)
    {
        lock (_lock)
        {
            if (_problem is not null && time.GetTimestamp() < _resumesAt)
            {
                return null;
            }

            var pause = Backoff.After(_failures++, options.ShortestPause, options.LongestPause, shuffle);
            Volatile.Write(ref _resumesAt, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
            Volatile.Write(ref _problem, problem);
            return pause;
        }
    }

    /// <summary>It can be asked; true when it was put aside before.</summary>
    /// <param name="hasAnswered">It gave an answer, and did not merely take a connection: the next pause begins small again.</param>
    public bool Restore(bool hasAnswered)
    {
        if (Problem is null && Volatile.Read(ref _failures) == 0)
        {
            return false;
        }

        lock (_lock)
        {
            _failures = hasAnswered ? 0 : _failures;
            return Interlocked.Exchange(ref _problem, null) is not null;
        }
    }

    private HttpRequestMessage RequestOf(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        // A GET, and the host without its port, as nginx asks.
        var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11 };
        request.Headers.Host = url.Host;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static IReadOnlyList<string> ValuesOf(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? [.. values] : [];

    private static string TextOf(Exception exception)
    {
        // "An error occurred while sending the request" says nothing; what it hides does.
        var inner = exception;
        while (inner.InnerException is { } deeper)
        {
            inner = deeper;
        }

        return HeaderText.Printable(inner.Message, 200);
    }
}
