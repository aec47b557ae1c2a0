using System.Text;
using MailProxy.Directory.Passwords;
using MailProxy.Directory.Proofs;
using Xunit;

namespace MailProxy.Directory.Tests.Proofs;

public sealed class ProofTests
{
    private const string Message256 = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Message1 = "n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";

    [Theory]
    [InlineData("SCRAM-SHA-256", "W22ZaJ0SNY7soEsUEjb6gQ==", Message256, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    [InlineData("SCRAM-SHA-1", "QSXCR+Q6sek8bf92", Message1, "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")]
    public void The_examples_of_rfc_7677_and_rfc_5802(string scheme, string salt, string message, string proof, string answer)
    {
        var shown = new ScramParameters(Convert.FromBase64String(salt), 4096);
        var keys = ScramKeys.Derive(scheme, "pencil"u8, shown.Salt.Span, shown.Rounds);
        foreach (var stored in new[] { keys, Parse("{PLAIN}pencil") })
        {
            var right = new ScramProof(scheme, shown, message, Convert.FromBase64String(proof));
            Assert.True(right.Matches(stored));
            Assert.Equal(answer, Encoding.ASCII.GetString(right.Answer!.Value.Span));
        }

        var wrong = new ScramProof(scheme, shown, message + "x", Convert.FromBase64String(proof));
        Assert.False(wrong.Matches(keys));
        Assert.Null(wrong.Answer);
        Assert.False(new ScramProof(scheme, shown, message, Convert.FromBase64String(proof)).Matches(Parse("{PLAIN}pencils")));
        Assert.False(new ScramProof(scheme, shown, message, new byte[3]).Matches(keys));
        Assert.False(new ScramProof(scheme, shown, message, Convert.FromBase64String(proof)).Matches(Parse("{SHA256}" + Convert.ToBase64String(new byte[32]))));
    }

    [Fact]
    public void The_examples_of_rfc_2195_and_rfc_1939()
    {
        var cram = new DigestProof(true, "<1896.697170952@postoffice.reston.mci.net>", Convert.FromHexString("b913a602c7eda7a495b4e6e7334d3890"));
        Assert.True(cram.Matches(Parse("{PLAIN}tanstaaftanstaaf")));
        Assert.False(cram.Matches(Parse("{PLAIN}tanstaaf")));
        var apop = new DigestProof(false, "<1896.697170952@dbc.mtview.ca.us>", Convert.FromHexString("c4c9334bac560ecc979e58001b3e22fb"));
        Assert.True(apop.Matches(Parse("{PLAIN}tanstaaf")));
        Assert.False(apop.Matches(Parse(Pbkdf2Writer.Write("tanstaaf"u8, 1))));
    }

    [Fact]
    public void A_certificate_matches_nothing_that_is_stored_and_nothing_prints_a_proof()
    {
        Assert.False(new CertificateProof().Matches(Parse("{PLAIN}x")));
        Assert.Equal("***", new CertificateProof().ToString());
    }

    // RFC 4013 3, without NFKC: docs/directory.md says that passwords are to be stored in it.
    [Theory]
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("\u00AA", "\u00AA")]
    [InlineData("a\u00A0b\u3000c", "a b c")]
    public void Passwords_are_prepared(string password, string prepared) =>
        Assert.Equal(prepared, Encoding.UTF8.GetString(SaslPrep.Prepare(Encoding.UTF8.GetBytes(password))));

    private static PasswordHash Parse(string stored) => PasswordParser.TryParse(stored, out var hash, out var error) ? hash : throw new InvalidOperationException(error);
}
