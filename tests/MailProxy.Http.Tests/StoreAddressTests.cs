using System.Net;
using System.Net.Sockets;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class StoreAddressTests : HttpTierFixture
{
    private const string Alice = "alice@example.org";

    [Fact]
    public async Task When_the_first_address_refuses_what_can_be_repeated_goes_to_the_next()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Router.SetStore("store-1", (IPEndPoint)closed.LocalEndPoint!, First!.EndPoint);

        using var got = await SendAsync(Request(new Uri(User, "/v1/me"), Alice));
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);

        using var posted = await SendAsync(Request(new Uri(User, "/v1/me"), Alice, method: HttpMethod.Post));
        await RefusedForNowAsync(posted);
    }

    [Fact]
    public async Task An_address_that_failed_too_often_is_not_asked_any_more()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Router.SetStore("store-1", (IPEndPoint)closed.LocalEndPoint!, First!.EndPoint);
        for (var i = 0; i < 5; i++)
        {
            using var got = await SendAsync(Request(new Uri(User, "/v1/me"), Alice));
            Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        }

        Assert.Equal("http", Assert.Single(Health.Down).Service);
        using var posted = await SendAsync(Request(new Uri(User, "/v1/me"), Alice, method: HttpMethod.Post));
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
    }
}
