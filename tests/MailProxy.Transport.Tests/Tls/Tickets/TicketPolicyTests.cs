using System.Security.Cryptography.X509Certificates;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Xunit;

namespace MailProxy.Transport.Tests.Tls.Tickets;

public sealed class TicketPolicyTests
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _another = new();
    private readonly X509Certificate2 _certificate;
    private readonly TlsServerSettings _settings;

    public TicketPolicyTests()
    {
        _certificate = _authority.Server();
        _settings = new TlsServerSettings([_certificate], ["imap"]);
    }

    [Fact]
    public void Nodes_with_the_same_files_have_the_same_policy()
    {
        var policy = TicketPolicy.Of(_certificate, _settings);
        Assert.Equal(32, policy.Length);
        using var copy = X509CertificateLoader.LoadCertificate(_certificate.RawData);
        Assert.Equal(policy, TicketPolicy.Of(copy, new TlsServerSettings([copy], ["imap"])));
    }

    [Fact]
    public void Whatever_a_full_handshake_would_do_otherwise_is_another_policy()
    {
        var asking = _settings with { ClientAuthorities = _authority.Authorities };
        byte[][] policies =
        [
            TicketPolicy.Of(_certificate, _settings),
            TicketPolicy.Of(_authority.Server(), _settings),
            TicketPolicy.Of(_certificate, _settings with { ApplicationProtocols = ["pop3"] }),
            TicketPolicy.Of(_certificate, _settings with { ApplicationProtocols = ["im", "ap"] }),
            TicketPolicy.Of(_certificate, _settings with { ApplicationProtocols = [] }),
            TicketPolicy.Of(_certificate, asking),
            TicketPolicy.Of(_certificate, asking with { RequireClientCertificate = true }),
            TicketPolicy.Of(_certificate, _settings with { ClientAuthorities = _another.Authorities }),
        ];
        Assert.Equal(policies.Length, policies.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void The_order_of_authorities_means_nothing()
    {
        X509Certificate2[] both = [_authority.Authorities[0], _another.Authorities[0]];
        Assert.Equal(
            TicketPolicy.Of(_certificate, _settings with { ClientAuthorities = [both[0], both[1]] }),
            TicketPolicy.Of(_certificate, _settings with { ClientAuthorities = [both[1], both[0]] }));
    }
}
