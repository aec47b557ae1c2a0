using System.Globalization;
using System.Net.Http.Headers;

namespace MailProxy.Routing.Consul.Client;

/// <summary>Sends one request and reads its whole answer, within a time and a size.</summary>
internal sealed class ConsulHttp(HttpMessageHandler handler, ConsulAddress address, ConsulOptions options, ConsulToken token, TimeProvider time) : IDisposable
{
    // A recursive read of 100,000 keys of 1 KiB is 154 MB on the wire; tens of thousands of pins are what we are made for.
    private const long MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly HttpClient http = new(handler)
    {
        BaseAddress = address.BaseUri,
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public string Address { get; } = address.ToString();

    /// <summary>A read with its consistency, datacenter and blocking parameters.</summary>
    /// <param name="path">Path below <c>/v1/</c>, escaped, without parameters.</param>
    /// <param name="flags">Parameters of the endpoint, e.g. <c>recurse</c>.</param>
    /// <param name="query">How to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ConsulReply> ReadAsync(string path, string flags, ConsulQuery query, CancellationToken cancellationToken)
    {
        var parameters = new List<string>();
        if (flags.Length != 0)
        {
            parameters.Add(flags);
        }

        if (query.Stale)
        {
            parameters.Add("stale");
        }

        var timeout = options.RequestTimeout;
        if (query.Index > 0)
        {
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"index={query.Index}&wait={(long)query.Wait.TotalMilliseconds}ms"));

            // The agent lengthens the wait by up to a sixteenth.
            timeout += query.Wait + (query.Wait / 16);
        }

        return SendAsync(HttpMethod.Get, path, string.Join('&', parameters), null, timeout, cancellationToken);
    }

    /// <summary>A write, or a read that never blocks.</summary>
    public Task<ConsulReply> SendAsync(HttpMethod method, string path, string parameters, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
        SendAsync(method, path, parameters, body, options.RequestTimeout, cancellationToken);

    public void Dispose() => http.Dispose();

    private async Task<ConsulReply> SendAsync(
        HttpMethod method, string path, string parameters, ReadOnlyMemory<byte>? body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var what = $"{method} {Address}/v1/{path}";
        using var request = new HttpRequestMessage(method, "/v1/" + path + QueryString(parameters));
        if (token.Read() is { } secret)
        {
            request.Headers.TryAddWithoutValidation("X-Consul-Token", secret);
        }

        if (body is { } content)
        {
            request.Content = new ReadOnlyMemoryContent(content);
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            if ((int)response.StatusCode is 401 or 403)
            {
                token.Forget();
            }

            var index = Header(response.Headers, "X-Consul-Index");
            return new ConsulReply(what, (int)response.StatusCode, bytes, ParseIndex(index), Header(response.Headers, "X-Consul-KnownLeader") != "false");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConsulException(ConsulFault.Timeout, $"{what}: no answer within {timeout.TotalSeconds:0.#} s", 0, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ConsulException(ConsulFault.Unreachable, $"{what}: {(e.InnerException ?? e).Message}", 0, e);
        }
    }

    private string QueryString(string parameters)
    {
        var datacenter = options.Datacenter.Length == 0 ? "" : "dc=" + Uri.EscapeDataString(options.Datacenter);
        var all = parameters.Length != 0 && datacenter.Length != 0 ? parameters + "&" + datacenter : parameters + datacenter;
        return all.Length == 0 ? "" : "?" + all;
    }

    private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static ulong ParseIndex(string? text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;
}
