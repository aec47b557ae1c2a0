using System.Net.Http.Headers;
using System.Text;
using MailProxy.Directory.Ldap;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.OAuth;

// RFC 7662 2:  POST url, Authorization: Basic client, token=...&token_type_hint=access_token
//              200 {"active":true,"exp":...,"scope":"...","username":"...", ...}  or  {"active":false}

/// <summary>Tokens that only the issuer understands: it is asked about each. Whatever is no clear answer says nothing of the token.</summary>
internal sealed class IntrospectionVerifier : ITokenVerifier
{
    // A token whose end the issuer does not say is asked about again after this, outage or not.
    private static readonly TimeSpan GoodWithoutEnd = TimeSpan.FromMinutes(5);

    // How often those that are put aside are looked at: readiness must turn without a login.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly OAuthOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TokenRules _rules;
    private readonly IssuerClient _client;
    private readonly Admission _admission;
    private readonly IntrospectionServer[] _servers;
    private readonly CancellationTokenSource _stop = new();
    private Task _probing = Task.CompletedTask;
    private int _disposed;

    /// <param name="options">Valid.</param>
    /// <param name="logger">For the servers' health.</param>
    /// <param name="time">For timeouts and pauses.</param>
    public IntrospectionVerifier(OAuthOptions options, ILogger logger, TimeProvider time)
    {
        (_options, _logger, _time) = (options, logger, time);
        _rules = new TokenRules(options, time);
        _client = new IssuerClient(options, time);
        _admission = new Admission(options.Introspection.Connections, options.Introspection.Waiting);
        _servers = [.. options.Introspection.Urls.Select(url => new IntrospectionServer(new Uri(url), time))];
    }

    /// <inheritdoc/>
    public string? Unreadiness => _servers.All(server => server.Problem is not null) ? Problems : null;

    /// <inheritdoc/>
    public string? Notice => Unreadiness is null ? Problems : null;

    /// <inheritdoc/>
    public long Version => 0;

    private string? Problems => _servers.Where(server => server.Problem is not null).Select(server => $"{server.Name}: {server.Problem}").ToArray() is { Length: > 0 } all ? string.Join("; ", all) : null;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_servers.Select(server => ProbeAsync(server, cancellationToken)));
        _probing = ProbeAllAsync();
    }

    /// <inheritdoc/>
    public async Task<TokenVerdict> VerifyAsync(string token, Action<string>? trace, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _admission.EnterAsync(cancellationToken))
            {
                return TokenVerdict.Unavailable($"{_options.Introspection.Waiting} logins wait for the issuer already");
            }
        }
        catch (ObjectDisposedException)
        {
            return TokenVerdict.Unavailable("this node stops");
        }

        try
        {
            return await AskAllAsync(token, trace, cancellationToken);
        }
        finally
        {
            _admission.Leave();
        }
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

    private async Task<TokenVerdict> AskAllAsync(string token, Action<string>? trace, CancellationToken cancellationToken)
    {
        var last = "";
        foreach (var server in Candidates())
        {
            try
            {
                var claims = await AskAsync(server, token, cancellationToken);
                trace?.Invoke($"{server.Name}: active is {(claims.Flag("active") == true ? "true" : "false")}");
                return Judge(claims);
            }
            catch (IssuerFaultException fault)
            {
                trace?.Invoke(fault.Message);
                last = fault.Message;
            }
        }

        return TokenVerdict.Unavailable(last);
    }

    private TokenVerdict Judge(TokenClaims claims)
    {
        if (claims.Flag("active") != true)
        {
            return TokenVerdict.Bad("the issuer says that it is not active");
        }

        var verdict = _rules.Judge(claims, mustEnd: false);
        return verdict.Outcome == AuthenticationOutcome.Authenticated ? verdict with { Until = verdict.Until ?? _time.GetUtcNow() + GoodWithoutEnd } : verdict;
    }

    // If all are put aside, the one whose pause ends first is asked all the same: a login is worth a try.
    private List<IntrospectionServer> Candidates()
    {
        var due = _servers.Where(server => server.IsDue).ToList();
        return due.Count > 0 ? due : [_servers.MinBy(server => server.ResumesAt)!];
    }

    private async Task<TokenClaims> AskAsync(IntrospectionServer server, string token, CancellationToken cancellationToken)
    {
        try
        {
            using var request = RequestOf(server.Url, token);
            var claims = TokenClaims.TryParse(await _client.SendAsync(request, cancellationToken));
            if (claims?.Flag("active") is null)
            {
                throw new IssuerFaultException($"{server.Name}: its answer is no introspection response (RFC 7662 2.2): no JSON object, or without \"active\"");
            }

            if (server.Restore())
            {
                OAuthLog.Back(_logger, server.Name);
            }

            return claims;
        }
        catch (IssuerFaultException fault)
        {
            if (server.PutAside(fault.Message) is { } pause)
            {
                OAuthLog.PutAside(_logger, server.Name, pause.TotalSeconds, fault.Message);
            }

            throw;
        }
    }

    private HttpRequestMessage RequestOf(Uri url, string token)
    {
        string secret;
        try
        {
            // Read anew each time: it may have been changed at the issuer.
            secret = ServiceAccount.Read(_options.Introspection.ClientSecretFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IssuerFaultException($"'{_options.Introspection.ClientSecretFile}' cannot be read: {exception.Message}");
        }

        // RFC 6749 2.3.1: both are form-encoded before they are joined.
        var basic = $"{Uri.EscapeDataString(_options.Introspection.ClientId)}:{Uri.EscapeDataString(secret)}";
        return new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new FormUrlEncodedContent([new("token", token), new("token_type_hint", "access_token")]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(basic))), Accept = { new("application/json") } },
        };
    }

    // A token that nobody has: an answer of any kind shows that the URL, the client id and its secret are right.
    private async Task ProbeAsync(IntrospectionServer server, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(server, "mailproxy-probe", cancellationToken);
        }
        catch (IssuerFaultException)
        {
            // It is put aside, and its problem says why.
        }
    }

    private async Task ProbeAllAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(ProbeInterval, _time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await Task.WhenAll(_servers.Where(server => server is { Problem: not null, IsDue: true }).Select(server => ProbeAsync(server, _stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // It is disposed.
        }
    }
}
