# Stands in for an ffmpeg that a hostile file has taken over: tries what it should not, and writes what came of it.
use strict;
use warnings;
use POSIX qw(mkfifo setpgid setsid);
use Socket;

my ( $worker, $token, $input, $other, $port ) = @ARGV;

# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl; arm64 has the generic numbers.
my $is_arm = ( POSIX::uname() )[4] eq 'aarch64';
my ( $ptrace, $vm_readv ) = $is_arm ? ( 117, 270 ) : ( 101, 310 );
my ( $pidfd_open, $pidfd_getfd ) = ( 434, 438 );

my @found;

sub attempt {
    my ( $name, $what ) = @_;
    $! = 0;
    my $ok = eval { $what->() };
    push @found, "$name\t" . ( $ok ? 'done' : "$!" || 'failed' );
}

sub reads {
    my ($file) = @_;
    open( my $in, '<', $file ) or return 0;
    return defined( sysread( $in, my $bytes, 1 ) );
}

sub writes {
    my ( $file, $mode ) = @_;
    open( my $out, $mode // '>', $file ) or return 0;
    return defined( syswrite( $out, 'x' ) );
}

attempt( 'environment', sub { push @found, "environment\t" . join( ' ', sort keys %ENV ); 1 } );
pop @found;
my @open = grep { defined } map { my $n = $_; open( my $copy, "<&=$n" ) ? $n : undef } 0 .. 19;
push @found, "open files\t" . join( ' ', grep { POSIX::dup($_) } @open );

attempt( 'read input',       sub { reads($input) } );
attempt( 'write output',     sub { writes('segment') } );
attempt( 'read token',       sub { reads($token) } );
attempt( 'read environ',     sub { reads("/proc/$worker/environ") } );
attempt( 'read maps',        sub { reads("/proc/$worker/maps") } );
attempt( 'read mem',         sub { open( my $mem, '<', "/proc/$worker/mem" ) } );
attempt( 'read cmdline',     sub { reads("/proc/$worker/cmdline") } );
attempt( 'list scratch',     sub { opendir( my $all, "$other/.." ) } );
attempt( 'read other input', sub { reads("$other/input") } );
attempt( 'write other',      sub { writes("$other/mine") } );
attempt( 'write input',      sub { writes( $input, '>>' ) } );
attempt( 'write tmp',        sub { my $file = "/tmp/mpegflow-hostile-$$"; writes($file) and unlink($file) } );
attempt( 'make symlink',     sub { symlink( $token, 'link' ) } );
attempt( 'make fifo',        sub { mkfifo( 'fifo', 0600 ) } );
attempt( 'read passwd',      sub { reads('/etc/passwd') } );
attempt( 'connect', sub {
    socket( my $to, PF_INET, SOCK_STREAM, 0 ) or return 0;
    return connect( $to, sockaddr_in( $port, inet_aton('127.0.0.1') ) );
} );

# One byte from where the worker's code begins, as its map says, or as good a guess as any.
attempt( 'process_vm_readv', sub {
    my $at = 0x400000;
    if ( open( my $maps, '<', "/proc/$worker/maps" ) ) { my $line = <$maps>; $at = hex( ( split /-/, $line )[0] ) }
    $! = 0;
    my $bytes  = "\0" x 8;
    my $local  = pack( 'P Q', $bytes, 8 );
    my $remote = pack( 'Q Q', $at,    8 );
    return syscall( $vm_readv, $worker + 0, $local, 1, $remote, 1, 0 ) > 0;
} );
attempt( 'pidfd_getfd', sub {
    my $pidfd = syscall( $pidfd_open, $worker + 0, 0 );
    return 0 if $pidfd < 0;
    $! = 0;
    return syscall( $pidfd_getfd, $pidfd, 0, 0 ) >= 0;
} );
# PTRACE_SEIZE, which stops nothing.
attempt( 'ptrace', sub { syscall( $ptrace, 0x4206, $worker + 0, 0, 0 ) == 0 } );

# Ways to end or disturb another process of the same user.
my %calls = $is_arm
  ? ( tkill => 130, tgkill => 131, queueinfo => 138, tgqueueinfo => 240, prlimit => 261, fcntl => 25, ioctl => 29 )
  : ( tkill => 200, tgkill => 234, queueinfo => 129, tgqueueinfo => 297, prlimit => 302, fcntl => 72, ioctl => 16 );
my $nothing = 0;
my $info    = pack( 'i! i! i! x4 i! i!', 0, 0, -1, $$, $< ) . "\0" x 104;
pipe( my $readable, my $writable ) or die "pipe: $!";
attempt( 'signal',          sub { kill( $nothing, $worker ) } );
attempt( 'signal group',    sub { kill( $nothing, -getpgrp() ) } );
attempt( 'tkill',           sub { syscall( $calls{tkill}, $worker + 0, $nothing ) == 0 } );
attempt( 'tgkill',          sub { syscall( $calls{tgkill}, $worker + 0, $worker + 0, $nothing ) == 0 } );
attempt( 'rt_sigqueueinfo', sub { syscall( $calls{queueinfo}, $worker + 0, $nothing, $info ) == 0 } );
attempt( 'rt_tgsigqueueinfo',
    sub { syscall( $calls{tgqueueinfo}, $worker + 0, $worker + 0, $nothing, $info ) == 0 } );
attempt( 'pidfd_send_signal', sub {
    my $pidfd = syscall( $pidfd_open, $worker + 0, 0 );
    return 0 if $pidfd < 0;
    $! = 0;
    return syscall( 424, $pidfd, $nothing, 0, 0 ) == 0;
} );
# F_SETOWN and F_SETOWN_EX (of a process: 1); FIOSETOWN and SIOCSPGRP, of a socket.
attempt( 'own by fcntl', sub { syscall( $calls{fcntl}, fileno($readable), 8, $worker + 0 ) == 0 } );
attempt( 'own by fcntl_ex',
    sub { syscall( $calls{fcntl}, fileno($readable), 15, pack( 'i! i!', 1, $worker ) ) == 0 } );
for ( [ 'FIOSETOWN', 0x8901 ], [ 'SIOCSPGRP', 0x8902 ] ) {
    my ( $name, $request ) = @$_;
    attempt( "own by $name", sub {
        socket( my $socket, PF_INET, SOCK_STREAM, 0 ) or return 0;
        return syscall( $calls{ioctl}, fileno($socket), $request, pack( 'i!', $worker ) ) == 0;
    } );
}
# RLIMIT_CORE, as it is: what changes one limit changes that of CPU time, too.
attempt( 'limit', sub { my $none = "\0" x 16; syscall( $calls{prlimit}, $worker + 0, 4, $none, 0 ) == 0 } );
attempt( 'own limits', sub { my $own = "\0" x 16; syscall( $calls{prlimit}, 0, 4, 0, $own ) == 0 } );

# Attributes of files, which Landlock does not govern, and being told of another attempt's files.
my %more = $is_arm
  ? (
    fchmodat => 53, fchownat => 54, utimensat => 88, setxattr => 5, inotify_init1 => 26, fanotify_init => 262,
    setpriority => 140, setparam => 118, setscheduler => 119, setattr => 274, ioprio_set => 30,
  )
  : (
    fchmodat => 268, fchownat => 260, utimensat => 280, setxattr => 188, inotify_init1 => 294, fanotify_init => 300,
    setpriority => 141, setparam => 142, setscheduler => 144, setattr => 314, ioprio_set => 251,
  );
my $here     = -100;                  # AT_FDCWD
my $name     = "user.mpegflow\0";
my $neighbour = "$other/input";
attempt( 'chmod',         sub { chmod( 0600, $input ) } );
attempt( 'fchmod',        sub { open( my $in, '<', $input ) or return 0; chmod( 0600, $in ) } );
attempt( 'chmod other',   sub { syscall( $more{fchmodat}, $here, $neighbour, 0600 ) == 0 } );
attempt( 'chown',         sub { syscall( $more{fchownat}, $here, $neighbour, -1, -1, 0 ) == 0 } );
attempt( 'utimensat',     sub { syscall( $more{utimensat}, $here, $neighbour, 0, 0 ) == 0 } );
attempt( 'setxattr',      sub { syscall( $more{setxattr}, $neighbour, $name, $name, 1, 0 ) == 0 } );
attempt( 'inotify',       sub { syscall( $more{inotify_init1}, 0 ) >= 0 } );
# FAN_REPORT_FID, which asks for no privilege.
attempt( 'fanotify', sub { syscall( $more{fanotify_init}, 0x200, 0 ) >= 0 } );

# Another's priority and scheduling: set as they are. SCHED_OTHER is 0; the best-effort class of I/O is 2, its middle 4.
my ( $plain, $middle ) = ( pack( 'i!', 0 ), 2 << 13 | 4 );
my $niceness = getpriority( 0, $worker );
my $as_is    = pack( 'L L Q l L Q Q Q', 48, 0, 0, $niceness, 0, 0, 0, 0 );
attempt( 'setpriority',        sub { syscall( $more{setpriority}, 0, $worker + 0, $niceness ) == 0 } );
attempt( 'setpriority group',  sub { syscall( $more{setpriority}, 1, 0, $niceness ) == 0 } );
attempt( 'sched_setscheduler', sub { syscall( $more{setscheduler}, $worker + 0, 0, $plain ) == 0 } );
attempt( 'sched_setparam',     sub { syscall( $more{setparam}, $worker + 0, $plain ) == 0 } );
attempt( 'sched_setattr',      sub { syscall( $more{setattr}, $worker + 0, $as_is, 0 ) == 0 } );
attempt( 'ioprio_set',         sub { syscall( $more{ioprio_set}, 1, $worker + 0, $middle ) == 0 } );
attempt( 'ioprio_set group',   sub { syscall( $more{ioprio_set}, 2, 0, $middle ) == 0 } );
attempt( 'own priority', sub {
    return
         syscall( $more{setpriority}, 0, 0, $niceness ) == 0
      && syscall( $more{setscheduler}, 0, 0, $plain ) == 0
      && syscall( $more{ioprio_set}, 1, 0, $middle ) == 0;
} );

# One that means to outlive this run: the first of a group, and of a session. It says how that went.
for ( [ 'leave group', sub { setpgid( 0, 0 ) } ], [ 'leave session', sub { setsid() > 0 } ] ) {
    my ( $name, $leave ) = @$_;
    pipe( my $told, my $tell ) or die "pipe: $!";
    my $left = fork() // die "fork: $!";
    if ( $left == 0 ) {
        $! = 0;
        my $ok = $leave->();
        syswrite( $tell, $ok ? 'done' : "$!" );
        close($tell);
        sleep(30);
        close($tell);
        POSIX::_exit(0);
    }
    close($tell);
    push @found, "$name\t" . <$told>, "survivor by $name\t$left";
}

open( my $report, '>', 'findings' ) or die "findings: $!";
print {$report} map { "$_\n" } @found;
close($report) or die "findings: $!";
