using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailProxy.Http.Admin;

/// <summary>
/// Asks nodes by their admin API. Their addresses come from Consul, where others may write too: so a token goes over verified TLS or to this machine, and
/// nowhere else.
/// </summary>
public sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly AdminClientSettings _settings;

    /// <summary>For any number of nodes.</summary>
    public AdminClient(AdminClientSettings settings)
    {
        _settings = settings;
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (settings.Authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(settings.Authorities);
        }

        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = settings.Patience,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                ClientCertificateContext = settings.Certificate is null ? null : SslStreamCertificateContext.Create(settings.Certificate, null, offline: true),
            },
        };
        _http = new HttpClient(handler) { Timeout = settings.Patience };
    }

    /// <summary>How the node is.</summary>
    public Task<AdminAnswer<AdminNode>> NodeAsync(Uri node, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, node, "/v1/node", AdminJson.Default.AdminNode, cancellationToken);

    /// <summary>A page of sessions.</summary>
    public Task<AdminAnswer<AdminSessionPage>> SessionsAsync(Uri node, string? user, string? after, int limit, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get,
        node,
        string.Create(CultureInfo.InvariantCulture, $"/v1/sessions?limit={limit}{Parameter("user", user)}{Parameter("after", after)}"),
        AdminJson.Default.AdminSessionPage,
        cancellationToken);

    /// <summary>Ends a user's sessions, or one by its id.</summary>
    public Task<AdminAnswer<AdminKicked>> KickAsync(Uri node, string? user, string? id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, node, $"/v1/sessions/kick?{Parameter("user", user)}{Parameter("id", id)}", AdminJson.Default.AdminKicked, cancellationToken);

    /// <summary>Begins to drain.</summary>
    public Task<AdminAnswer<AdminNode>> DrainAsync(Uri node, int? seconds, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, node, $"/v1/drain?{Parameter("deadline", seconds?.ToString(CultureInfo.InvariantCulture))}", AdminJson.Default.AdminNode, cancellationToken);

    /// <summary>Serves again.</summary>
    public Task<AdminAnswer<AdminNode>> UndrainAsync(Uri node, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, node, "/v1/undrain", AdminJson.Default.AdminNode, cancellationToken);

    /// <summary>Reads the configuration again.</summary>
    public Task<AdminAnswer<AdminReload>> ReloadAsync(Uri node, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, node, "/v1/reload", AdminJson.Default.AdminReload, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private async Task<AdminAnswer<T>> SendAsync<T>(HttpMethod method, Uri node, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (Refusal(node) is { } refusal)
        {
            return new AdminAnswer<T>(null, refusal);
        }

        try
        {
            using var request = new HttpRequestMessage(method, new Uri(node, path));
            request.Headers.Authorization = _settings.Token is null ? null : new AuthenticationHeaderValue("Bearer", _settings.Token.Reveal());
            using var response = await _http.SendAsync(request, cancellationToken);
            var octets = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? new AdminAnswer<T>(JsonSerializer.Deserialize(octets, type), null)
                : new AdminAnswer<T>(null, $"{node.Authority} answered {(int)response.StatusCode}: {ErrorOf(octets)}");
        }
        catch (JsonException)
        {
            return new AdminAnswer<T>(null, $"{node.Authority} answers, but not as an admin API does");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AdminAnswer<T>(null, $"{node.Authority} gave no answer within {_settings.Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException exception)
        {
            return new AdminAnswer<T>(null, $"{node.Authority}: {Explain(exception)}");
        }
    }

    private string? Refusal(Uri node) => node.Scheme switch
    {
        "https" when _settings.Authorities is null => $"{node.Authority} is reached by https: name the CA that signs the nodes' certificates in Admin:Authorities",
        "https" => null,
        "http" when IPAddress.TryParse(node.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address) => null,
        _ => $"{node.Authority} is on another machine and not reached by https, so nothing is sent there: give its admin API a certificate",
    };

    private static string ErrorOf(byte[] octets)
    {
        try
        {
            return JsonSerializer.Deserialize(octets, AdminJson.Default.AdminError)?.Error ?? "nothing that explains it";
        }
        catch (JsonException)
        {
            return "nothing that explains it";
        }
    }

    private static string Explain(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException or SocketException)
            {
                return cause.Message;
            }
        }

        return exception.Message;
    }
}
