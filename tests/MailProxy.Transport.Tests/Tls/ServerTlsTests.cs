using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Transport.Tests.Tls;

public sealed class ServerTlsTests
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void Each_protocol_has_one_object_until_it_is_replaced()
    {
        var tls = new ServerTls(_authority.ServerSettings());
        var (imap, pop3) = (tls.For("imap"), tls.For("pop3"));
        Assert.Same(imap, tls.For("imap"));
        Assert.Same(tls.Current, tls.Current);
        Assert.Equal(["imap"], imap.ApplicationProtocols);
        Assert.Equal(["pop3"], pop3.ApplicationProtocols);
        tls.Replace(_authority.ServerSettings());
        Assert.NotSame(imap, tls.For("imap"));
        Assert.Same(tls.Current.Certificates, tls.For("imap").Certificates);
    }

    [Fact]
    public void The_certificate_for_a_name_follows_a_replacement()
    {
        var tls = new ServerTls(new TlsServerSettings([_authority.Server(), _authority.Server("imap.example.org")], []));
        Assert.Equal("CN=imap.example.org", tls.CertificateFor("imap.example.org").TargetCertificate.Subject);
        Assert.Equal("CN=localhost", tls.CertificateFor(null).TargetCertificate.Subject);
        tls.Replace(_authority.ServerSettings("new.example.org"));
        Assert.Equal("CN=new.example.org", tls.CertificateFor("imap.example.org").TargetCertificate.Subject);
    }
}
