using System.Net;
using System.Text;
using MailProxy.Http.UserTraffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class ClearTextTests
{
    private readonly FixedDirectory _directory = new();

    [Theory]
    [InlineData("127.0.0.1", "http", true)]
    [InlineData("::1", "http", true)]
    [InlineData("::ffff:127.0.0.1", "http", true)]
    [InlineData("192.0.2.1", "https", true)]
    [InlineData("192.0.2.1", "http", false)]
    [InlineData("::ffff:192.0.2.1", "http", false)]
    public async Task Passwords_are_taken_by_https_or_from_this_machine(string client, string scheme, bool isTaken)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(client);
        context.Request.Scheme = scheme;
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("alice@example.org:secret"));
        var authentication = new UserAuthentication(_directory, "mail", NullLogger.Instance);
        var user = await authentication.AuthenticateAsync(context);
        Assert.Equal(isTaken, user is not null);
        Assert.Equal(isTaken ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden, context.Response.StatusCode);
        Assert.Equal(isTaken, _directory.Last is not null);
        // A challenge would ask the client to send the password again, in clear.
        Assert.Empty(context.Response.Headers.WWWAuthenticate.ToString());
    }
}
