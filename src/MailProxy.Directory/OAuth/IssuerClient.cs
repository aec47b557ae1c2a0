using System.Net;
using MailProxy.Directory.HttpAuth;

namespace MailProxy.Directory.OAuth;

/// <summary>HTTP towards the issuer: bounded in time and size, TLS always verified, redirects never followed.</summary>
internal sealed class IssuerClient : IDisposable
{
    // A hundred keys with their certificates have less.
    private const int LongestAnswer = 512 * 1024;

    private readonly HttpMessageInvoker _client;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="options">Valid.</param>
    /// <param name="time">For the timeout.</param>
    public IssuerClient(OAuthOptions options, TimeProvider time)
    {
        (_timeout, _time) = (options.Timeout, time);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.Introspection.Connections,
            ConnectTimeout = options.Timeout,

            // A name's addresses may change: no connection outlives that by more than this.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            MaxResponseHeadersLength = 32,
            UseProxy = false,
            UseCookies = false,

            // The URL is what the operator trusts, and nothing that it points to.
            AllowAutoRedirect = false,
            SslOptions = HttpAuthTls.Of(new HttpAuthOptions { Authorities = options.Authorities }),
        });
    }

    /// <summary>The body of a 200.</summary>
    /// <exception cref="IssuerFaultException">Anything else came, or nothing.</exception>
    /// <exception cref="OperationCanceledException">The asker went away.</exception>
    public async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!.GetLeftPart(UriPartial.Path);
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new IssuerFaultException($"{url}: it answered {(int)response.StatusCode}{Hint(response.StatusCode)}");
            }

            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            return await ReadAsync(body, url, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IssuerFaultException($"{url}: no answer within {_timeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new IssuerFaultException($"{url}: {HeaderText.Printable(exception.GetBaseException().Message, 200)}");
        }
        catch (ObjectDisposedException)
        {
            throw new IssuerFaultException("this node stops");
        }
    }

    /// <summary>Gets a document.</summary>
    /// <exception cref="IssuerFaultException">There is none.</exception>
    public async Task<byte[]> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Accept", "application/json" } } };
        return await SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string Hint(HttpStatusCode status) => (int)status switch
    {
        401 or 403 => "; does it know this client id and secret?",
        404 => "; is the URL right?",
        >= 300 and < 400 => "; redirects are not followed",
        _ => "",
    };

    private static async Task<byte[]> ReadAsync(Stream body, string url, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var piece = new byte[8_192];
        for (int count; (count = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (read.Length + count > LongestAnswer)
            {
                throw new IssuerFaultException($"{url}: its answer is longer than {LongestAnswer / 1024} KiB");
            }

            read.Write(piece, 0, count);
        }

        return read.ToArray();
    }
}
