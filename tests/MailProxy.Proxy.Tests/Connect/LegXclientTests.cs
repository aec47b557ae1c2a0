using System.Collections.Frozen;
using System.Net;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using Xunit;

namespace MailProxy.Proxy.Tests.Connect;

public sealed class LegXclientTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::7", "IPV6:2001:db8::7", "2001:db8::7")]
    [InlineData("fe80::7%3", "IPV6:fe80::7", "fe80::7")]
    public void Addresses_are_written_as_other_hosts_take_them(string client, string inSmtp, string elsewhere)
    {
        Assert.Equal($"ADDR={inSmtp} PORT=4711", LegXclient.OfSmtp(Leg(client), ["PORT", "addr"]));
        Assert.Equal($"ADDR={elsewhere} PORT=4711 SESSION=s1 TTL=5", LegXclient.OfOthers(Leg(client), []));
        Assert.Equal("TTL=5", LegXclient.OfOthers(Leg(client), ["TTL"]));
    }

    [Fact]
    public void Who_logged_in_is_said_where_it_is_anybodys_business_and_offered()
    {
        var leg = Leg("192.0.2.7") with { TellLogin = "a b@example.org" };
        Assert.Equal("LOGIN=a+20b@example.org", LegXclient.OfSmtp(leg, ["LOGIN"]));
        Assert.Equal("", LegXclient.OfSmtp(Leg("192.0.2.7"), ["LOGIN"]));
        Assert.Equal("", LegXclient.OfSmtp(leg, ["HELO"]));
    }

    private static StoreLeg Leg(string client) => new(
        new StoreNode("store-1", "store-1.example.org", FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.StartTls, "master", StoreState.Online),
        "", StoreLoginMethod.External, null, new Secret([]), null, "s1", new IPEndPoint(IPAddress.Parse(client), 4711), null, 5, "mail.example.org");
}
