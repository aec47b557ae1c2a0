using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Embedded;
using Xunit;

namespace MailProxy.Routing.Tests.Contract;

/// <summary>Gives each target a client and a raw HTTP client; the embedded agent is started once per class.</summary>
public sealed class ConsulTargets : IAsyncLifetime
{
    private EmbeddedConsulAgent? embedded;

    /// <summary>The targets there are; a real Consul only when the environment names one.</summary>
    public static TheoryData<ConsulTarget> All =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CONSUL_HTTP_ADDR")) ? [ConsulTarget.Embedded] : [ConsulTarget.Embedded, ConsulTarget.Real];

    /// <summary>A prefix of this test's own, with the slash: a real Consul keeps what earlier runs left.</summary>
    public static string NewPrefix() => $"mailproxy-contract/{Guid.NewGuid():N}/";

    public async ValueTask InitializeAsync() => embedded = await EmbeddedConsulAgent.StartAsync(
        new EmbeddedAgentOptions { Port = 0 }, new RecordingLogger(), TimeProvider.System, CancellationToken.None);

    public ConsulOptions Options(ConsulTarget target) => target == ConsulTarget.Embedded
        ? new ConsulOptions { Address = embedded!.Address }
        : ConsulEnvironment.Apply(new ConsulOptions(), Environment.GetEnvironmentVariable);

    public ConsulClient Client(ConsulTarget target) => new(Options(target), null, TimeProvider.System);

    /// <summary>Sends a path exactly as it is written, dots and all; follows nothing.</summary>
    public async Task<HttpResponseMessage> SendRawAsync(ConsulTarget target, HttpMethod method, string pathAndQuery, HttpContent? body = null)
    {
        var options = Options(target);
        Assert.True(ConsulAddress.TryParse(options.Address, out var address, out _));
        using var http = new HttpClient(ConsulHandler.Create(address, options));
        var exact = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(method, new Uri(address.BaseUri.GetLeftPart(UriPartial.Authority) + pathAndQuery, exact)) { Content = body };
        if (options.Token.Length != 0)
        {
            request.Headers.Add("X-Consul-Token", options.Token);
        }

        return await http.SendAsync(request);
    }

    public async ValueTask DisposeAsync() => await embedded!.DisposeAsync();
}
