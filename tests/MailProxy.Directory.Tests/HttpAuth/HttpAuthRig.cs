using System.Net;
using System.Text;
using MailProxy.Directory.HttpAuth;
using Xunit;

namespace MailProxy.Directory.Tests.HttpAuth;

/// <summary>A directory that asks given URLs, and logins to try.</summary>
internal sealed class HttpAuthRig : IAsyncDisposable
{
    public HttpAuthRig(TimeProvider? time, params string[] urls)
        : this(new HttpAuthOptions { Urls = [.. urls] }, time)
    {
    }

    public HttpAuthRig(HttpAuthOptions options, TimeProvider? time = null)
    {
        Assert.Empty(options.Validate("HttpAuth"));
        Directory = new HttpUserDirectory(options, Log, time ?? TimeProvider.System);
    }

    public HttpUserDirectory Directory { get; }

    public MailProxy.Testing.RecordingLogger Log { get; } = new();

    public async Task<AuthenticationResult> LogInAsync(string user = "alice@example.org", string password = "secret", CancellationToken cancellationToken = default)
    {
        using var secret = new Secret(Encoding.UTF8.GetBytes(password));
        return await Directory.AuthenticateAsync(
            new AuthenticationRequest(user, "", secret, "PLAIN", "imap", new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40_000), false), cancellationToken);
    }

    public ValueTask DisposeAsync() => Directory.DisposeAsync();
}
