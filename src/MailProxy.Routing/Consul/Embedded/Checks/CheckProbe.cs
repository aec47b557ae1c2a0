using System.Net.Sockets;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Checks;

/// <summary>Runs one TCP or HTTP check once.</summary>
internal sealed class CheckProbe(TimeProvider time) : IDisposable
{
    // Consul's default for both kinds.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = EmbeddedLimits.MaxCheckOutput,
    };

    public async Task<CheckUpdate> RunAsync(CheckDefinition definition, CancellationToken cancellationToken)
    {
        var timeout = GoDuration.TryParse(definition.Timeout, out var given) && given > TimeSpan.Zero ? given : DefaultTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return definition.Tcp.Length != 0 ? await TcpAsync(definition.Tcp, either.Token) : await HttpAsync(definition, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckUpdate(HealthStatus.Critical, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException or ArgumentException)
        {
            return new CheckUpdate(HealthStatus.Critical, e.Message);
        }
    }

    public void Dispose() => client.Dispose();

    private static async Task<CheckUpdate> TcpAsync(string target, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate("tcp://" + target, UriKind.Absolute, out var address) || address.Port <= 0)
        {
            return new CheckUpdate(HealthStatus.Critical, $"'{target}' is not host:port");
        }

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.DnsSafeHost, address.Port, cancellationToken);
        return new CheckUpdate(HealthStatus.Passing, $"TCP connect {target}: Success");
    }

    private async Task<CheckUpdate> HttpAsync(CheckDefinition definition, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri(definition.Http), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var status = (int)response.StatusCode switch
        {
            >= 200 and < 300 => HealthStatus.Passing,
            429 => HealthStatus.Warning,
            _ => HealthStatus.Critical,
        };
        return new CheckUpdate(status, $"HTTP GET {definition.Http}: {(int)response.StatusCode} {response.ReasonPhrase}");
    }
}
