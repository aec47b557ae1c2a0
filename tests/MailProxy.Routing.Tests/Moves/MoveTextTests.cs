using System.Text;
using MailProxy.Routing.Moves;
using Xunit;

namespace MailProxy.Routing.Tests.Moves;

public sealed class MoveTextTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        foreach (var step in Enum.GetValues<MoveStep>())
        {
            var move = new MoveRecord("0a1b2c", "\u00e4lice@example.org", "store-1", "store-2", step, new DateTimeOffset(2026, 11, 27, 1, 2, 3, TimeSpan.Zero), "root@host")
            {
                Undo = step == MoveStep.Fencing, Epoch = 3, Via = step == MoveStep.Copying ? "/usr/local/bin/copy" : null, Pinned = true, Purge = step == MoveStep.Finishing,
            };
            Assert.True(MoveText.TryRead(move.Id, MoveText.Write(move), out var read, out var problem), problem);
            Assert.Equal(move, read);
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("store-2", "JSON")]
    [InlineData("{}", "user")]
    [InlineData("""{"user":"a\u0000b","from":"store-1","to":"store-2","step":"copying"}""", "user")]
    [InlineData("""{"user":"a@b","from":"store-1","to":"store-1","step":"copying"}""", "same store")]
    [InlineData("""{"user":"a@b","from":"../x","to":"store-1","step":"copying"}""", "store id")]
    [InlineData("""{"user":"a@b","from":"store-1","to":"store-2","step":"flying"}""", "step")]
    [InlineData("""{"user":"a@b","from":"store-1","to":"store-2","step":"3"}""", "step")]
    [InlineData("""{"user":"a@b","from":"store-1","to":"store-2"}""", "step")]
    public void What_is_no_move_is_refused_with_a_reason(string value, string part)
    {
        Assert.False(MoveText.TryRead("m1", Encoding.UTF8.GetBytes(value), out _, out var problem));
        Assert.Contains(part, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_id_is_bounded(int length, bool isGood) => Assert.Equal(isGood, MoveText.IdProblem(new string('a', length)) is null);

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    public void An_id_is_plain(string id) => Assert.NotNull(MoveText.IdProblem(id));

    [Fact]
    public void A_value_is_bounded()
    {
        var value = Encoding.UTF8.GetBytes("""{"user":"a@b","from":"store-1","to":"store-2","step":"copying"}""" + new string(' ', 16 * 1024));
        Assert.False(MoveText.TryRead("m1", value, out _, out var problem));
        Assert.Contains("octets", problem, StringComparison.Ordinal);
    }
}
