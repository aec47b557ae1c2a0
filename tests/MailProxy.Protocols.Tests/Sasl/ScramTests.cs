using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sasl;

public sealed class ScramTests
{
    [Fact]
    public void The_example_of_rfc_7677()
    {
        Assert.Equal(ReadStatus.Done, ScramClientFirst.TryParse("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8, out var first));
        Assert.Equal(new ScramClientFirst(ScramBinding.None, "", "", "user", "rOprNGfwEbeRWgbNEkqO", "n,,", "n=user,r=rOprNGfwEbeRWgbNEkqO"), first);
        const string Nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        Assert.Equal($"r={Nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", new ScramServerFirst(Nonce, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096).ToString());
        Assert.Equal(ReadStatus.Done, ScramClientFinal.TryParse(Cuts.Octets($"c=biws,r={Nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), out var final));
        Assert.Equal((Nonce, $"c=biws,r={Nonce}", 32), (final!.Nonce, final.WithoutProof, final.Proof.Length));
        Assert.True(final.Binds("n,,", []));
        Assert.False(final.Binds("y,,", []));
        Assert.False(final.Binds("n,,", [1]));
    }

    [Theory]
    [InlineData("y,a=admin,n=a=2Cb=3Dc,r=x", ScramBinding.NotOffered, "", "admin", "a,b=c")]
    [InlineData("p=tls-exporter,,n=u,r=x,e=later", ScramBinding.Used, "tls-exporter", "", "u")]
    public void Names_are_unescaped_and_bindings_named(string message, ScramBinding binding, string type, string authorizationId, string user)
    {
        Assert.Equal(ReadStatus.Done, ScramClientFirst.TryParse(Cuts.Octets(message), out var first));
        Assert.Equal((binding, type, authorizationId, user), (first!.Binding, first.BindingType, first.AuthorizationId, first.UserName));
        Assert.Equal(message, first.Header + first.Bare);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,,n=user")]
    [InlineData("n,,r=x,n=user")]
    [InlineData("x,,n=user,r=x")]
    [InlineData("nn,,n=user,r=x")]
    [InlineData("p=,,n=user,r=x")]
    [InlineData("p=tls exporter,,n=user,r=x")]
    [InlineData("n,b=admin,n=user,r=x")]
    [InlineData("n,a=,n=user,r=x")]
    [InlineData("n,,n=,r=x")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=us=er,r=x")]
    [InlineData("n,,n=us=2c,r=x")]
    [InlineData("n,,n=user=2,r=x")]
    [InlineData("n,,n=user,r=x y")]
    [InlineData("n,,n=user,r=x\u00e9")]
    [InlineData("n,,m=must,n=user,r=x")]
    [InlineData("n,,n=user,r=x,m=must")]
    [InlineData("n,,n=user,r=x,")]
    [InlineData("n,,n=user,r=x,1=2")]
    [InlineData("n,,n=us\0er,r=x")]
    [InlineData("n,,n=us\r\ner,r=x")]
    [InlineData("n,,n=us\u00C3er,r=x")]
    public void Any_other_first_message_is_malformed(string message) =>
        Assert.Equal(ReadStatus.Malformed, ScramClientFirst.TryParse(Cuts.Octets(message), out _));

    [Theory]
    [InlineData("")]
    [InlineData("c=biws,r=x")]
    [InlineData("r=x,c=biws,p=AAAA")]
    [InlineData("c=bi ws,r=x,p=AAAA")]
    [InlineData("c=biw,r=x,p=AAAA")]
    [InlineData("c=,r=x,p=AAAA")]
    [InlineData("c=biws,r=x,p=")]
    [InlineData("c=biws,r=x,p=A")]
    [InlineData("c=biws,r=x,p=AAAA,")]
    [InlineData("c=biws,r=x,p=AAAA,e=x")]
    [InlineData("c=biws,r=x,m=x,p=AAAA")]
    public void Any_other_last_message_is_malformed(string message) =>
        Assert.Equal(ReadStatus.Malformed, ScramClientFinal.TryParse(Cuts.Octets(message), out _));

    [Theory]
    [InlineData(255, 512, ReadStatus.Done)]
    [InlineData(256, 512, ReadStatus.Malformed)]
    [InlineData(255, 513, ReadStatus.Malformed)]
    [InlineData(5_000, 1, ReadStatus.Malformed)]
    public void Parts_have_limits(int name, int nonce, ReadStatus expected) =>
        Assert.Equal(expected, ScramClientFirst.TryParse(Cuts.Octets($"n,,n={new string('u', name)},r={new string('r', nonce)}"), out _));

    [Theory]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d3890", "tim", ReadStatus.Done)]
    [InlineData("tim b B913A602C7EDA7A495B4E6E7334D3890", "tim b", ReadStatus.Done)]
    [InlineData("tim", "", ReadStatus.Malformed)]
    [InlineData(" b913a602c7eda7a495b4e6e7334d3890", "", ReadStatus.Malformed)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d389", "", ReadStatus.Malformed)]
    [InlineData("tim b913a602c7eda7a495b4e6e7334d38900", "", ReadStatus.Malformed)]
    [InlineData("tim g913a602c7eda7a495b4e6e7334d3890", "", ReadStatus.Malformed)]
    [InlineData("t\nm b913a602c7eda7a495b4e6e7334d3890", "", ReadStatus.Malformed)]
    public void A_digest_comes_behind_its_name(string message, string user, ReadStatus expected)
    {
        Assert.Equal(expected, CramResponse.TryParse(Cuts.Octets(message), out var response));
        Assert.Equal(user, response?.UserName ?? "");
    }
}
