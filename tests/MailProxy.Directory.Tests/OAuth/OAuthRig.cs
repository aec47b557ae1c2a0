using System.Net;
using System.Text;
using MailProxy.Directory.OAuth;
using MailProxy.Testing.OAuth;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

/// <summary>An issuer, a provider that trusts it, and one clock for both.</summary>
internal sealed class OAuthRig : IAsyncDisposable
{
    private readonly List<string> _trace = [];

    private OAuthRig(TestIssuer issuer, FakeTimeProvider time, OAuthOptions options)
    {
        Assert.Empty(options.Validate("OAuth"));
        (Issuer, Time) = (issuer, time);
        Directory = new OAuthUserDirectory(options, NullLogger<OAuthUserDirectory>.Instance, time);
    }

    public TestIssuer Issuer { get; }

    public FakeTimeProvider Time { get; }

    public OAuthUserDirectory Directory { get; }

    /// <summary>Every step so far.</summary>
    public string Trace => string.Join('\n', _trace);

    public static async Task<OAuthRig> StartAsync(Action<OAuthOptions>? change = null, Action<TestIssuer>? prepare = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
        var issuer = await TestIssuer.StartAsync(time);
        prepare?.Invoke(issuer);
        var options = new OAuthOptions { Issuer = issuer.Url, Audiences = ["mail"], Scopes = ["imap"] };
        change?.Invoke(options);
        var rig = new OAuthRig(issuer, time, options);
        await rig.Directory.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    public static AuthenticationRequest Request(Secret token, string user = "", string mechanism = "OAUTHBEARER", string authorize = "") =>
        new(user, authorize, token, mechanism, "imap", new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), true);

    public async Task<AuthenticationResult> LogInAsync(string token, string user = "", string mechanism = "OAUTHBEARER", string authorize = "")
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(token));
        return await Directory.AuthenticateAsync(Request(secret, user, mechanism, authorize) with { Trace = _trace.Add }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Directory.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
