using System.Net;
using MailProxy.Proxy.Accept;
using Xunit;

namespace MailProxy.Proxy.Tests.Accept;

public sealed class ListenerOptionsTests
{
    [Fact]
    public void Two_listeners_that_differ_in_anything_are_not_the_same()
    {
        Assert.True(Make().IsSameAs(Make()));
        foreach (var property in typeof(ListenerOptions).GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            var other = Make();
            property.SetValue(other, property.GetValue(other) switch
            {
                int number => number + 1,
                string text => text + "1",
                MailProtocol => MailProtocol.Sieve,
                ListenerTlsMode => ListenerTlsMode.Implicit,
                ProxyHeaderMode => ProxyHeaderMode.Off,
                List<string> list => (List<string>)[.. list, "::1"],
                var value => throw new InvalidOperationException($"{property.Name}: say here what differs from {value}."),
            });
            Assert.False(Make().IsSameAs(other), property.Name);
        }
    }

    [Fact]
    public void A_required_header_needs_somebody_to_send_it_and_networks_must_be_networks()
    {
        var options = Make();
        Assert.Empty(options.Validate("Listeners:0"));
        options.TrustedPeers = [];
        Assert.Contains("Listeners:0:TrustedPeers: a PROXY header is required", Assert.Single(options.Validate("Listeners:0")), StringComparison.Ordinal);
        options.TrustedPeers = ["192.0.2.0/24", "balancer.example.org", "192.0.2.0/33"];
        Assert.Equal(2, options.Validate("Listeners:0").Count());
        Assert.Contains("Listeners:0:TrustedPeers:1: 'balancer.example.org' is no network", options.Validate("Listeners:0").First(), StringComparison.Ordinal);
    }

    // Two numbers of .NET's, and octal.
    [Theory]
    [InlineData("10")]
    [InlineData("10/8")]
    [InlineData("192.0.2")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1/32")]
    [InlineData("")]
    public void What_another_host_could_read_as_another_network_is_none(string text)
    {
        Assert.False(PeerNetworks.TryParse(text, out _));
        Assert.Throws<ArgumentException>(() => new PeerNetworks([text]));
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("192.0.3.7", false)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db9::7", false)]
    [InlineData("198.51.100.1", true)]
    [InlineData("198.51.100.2", false)]
    public void Peers_are_in_networks_or_are_addresses(string peer, bool isTrusted)
    {
        var networks = new PeerNetworks(["192.0.2.0/24", "2001:db8::/32", "198.51.100.1"]);
        Assert.Equal(isTrusted, networks.Contains(new IPEndPoint(IPAddress.Parse(peer), 1)));
        Assert.False(networks.Contains(null));
        Assert.False(new PeerNetworks([]).Contains(new IPEndPoint(IPAddress.Parse(peer), 1)));
    }

    private static ListenerOptions Make() => new() { Protocol = MailProtocol.Imap, Port = 143, ProxyHeader = ProxyHeaderMode.Required, TrustedPeers = ["127.0.0.1"] };
}
