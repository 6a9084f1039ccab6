/**
 * A program of the kernel's packet filter that keeps a process from what Landlock leaves open, with a setpriv as old as
 * Debian 13's (https://docs.kernel.org/userspace-api/landlock.html#current-limitations). Refused with EPERM are:
 *
 * - every way to another process that asks for no more than the same user: the calls that send a signal, ownership of a
 *   file whose readiness sends one, and another process's limits (that of CPU time ends it), priority and scheduling;
 * - attributes of files (mode, owner, times, extended ones), which Landlock does not govern, and being told of changes to
 *   files: by both, one program takes another attempt's input away as soon as it is there;
 * - leaving the process group and the session, by which `runGuarded` ends whatever a program has started;
 * - io_uring, whose operations no filter sees.
 *
 * CPU affinity stays allowed: encoders set that of their threads, which no filter tells from other processes.
 */

/** Numbers of the calls, from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h. */
const machines = {
  x64: {
    /** AUDIT_ARCH_X86_64, include/uapi/linux/audit.h */
    audit: 0xc000003e,
    refused: [
      // kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
      ...[62, 200, 234, 129, 297, 424],
      // chmod, fchmod, fchmodat, fchmodat2, chown, fchown, lchown, fchownat
      ...[90, 91, 268, 452, 92, 93, 94, 260],
      // setxattr, lsetxattr, fsetxattr, setxattrat, removexattr, lremovexattr, fremovexattr, removexattrat, file_setattr
      ...[188, 189, 190, 463, 197, 198, 199, 466, 469],
      // utime, utimes, futimesat, utimensat
      ...[132, 235, 261, 280],
      // inotify_init, inotify_init1, inotify_add_watch, fanotify_init
      ...[253, 294, 254, 300],
      // setpgid, setsid, io_uring_setup
      ...[109, 112, 425],
    ],
    fcntl: 72,
    ioctl: 16,
    prlimit64: 302,
    /** sched_setscheduler, sched_setparam, sched_setattr */
    scheduling: [144, 142, 314],
    setpriority: 141,
    ioprioSet: 251,
  },
  arm64: {
    /** AUDIT_ARCH_AARCH64 */
    audit: 0xc00000b7,
    refused: [
      // kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
      ...[129, 130, 131, 138, 240, 424],
      // fchmod, fchmodat, fchmodat2, fchown, fchownat
      ...[52, 53, 452, 55, 54],
      // setxattr, lsetxattr, fsetxattr, setxattrat, removexattr, lremovexattr, fremovexattr, removexattrat, file_setattr
      ...[5, 6, 7, 463, 14, 15, 16, 466, 469],
      // utimensat
      88,
      // inotify_init1, inotify_add_watch, fanotify_init
      ...[26, 27, 262],
      // setpgid, setsid, io_uring_setup
      ...[154, 157, 425],
    ],
    fcntl: 25,
    ioctl: 29,
    prlimit64: 261,
    scheduling: [119, 118, 274],
    setpriority: 140,
    ioprioSet: 30,
  },
} as const;

type Machine = keyof typeof machines;

/** F_SETOWN and F_SETOWN_EX, include/uapi/asm-generic/fcntl.h */
const owningFcntl = [8, 15];
/** FIOSETOWN and SIOCSPGRP, include/uapi/asm-generic/sockios.h */
const owningIoctl = [0x8901, 0x8902];
/** PRIO_PROCESS, include/uapi/linux/resource.h; IOPRIO_WHO_PROCESS, include/uapi/linux/ioprio.h: one thread, and no user's all. */
const ofProcess = { setpriority: 0, ioprioSet: 1 };
/** Calls of x86-64's third interface, x32, have this bit: all of them are refused. */
const x32Bit = 0x40000000;

/** Where `struct seccomp_data` has what, include/uapi/linux/seccomp.h; of arguments the low half, by which calls tell them. */
const at = { number: 0, machine: 4, firstArgument: 16, secondArgument: 24 };
/** Operations, include/uapi/linux/bpf_common.h */
const load = 0x20;
const ifEqual = 0x15;
const ifAtLeast = 0x35;
const answer = 0x06;
/** SECCOMP_RET_ALLOW, and SECCOMP_RET_ERRNO with EPERM */
const allow = 0x7fff0000;
const refuse = 0x00050001;

type Instruction = readonly [operation: number, ifTrue: number, ifFalse: number, value: number];

export const hasSignalFilter = (machine: string): machine is Machine => Object.hasOwn(machines, machine);

/** The filter as setpriv takes it: instructions of eight bytes, `struct sock_filter`. */
export function signalFilter(machine: Machine): Buffer {
  const { audit, refused, fcntl, ioctl, prlimit64, scheduling, setpriority, ioprioSet } = machines[machine];
  const program: Instruction[] = [
    [load, 0, 0, at.machine],
    // Calls of another machine, such as a 32-bit program's, have other numbers.
    [ifEqual, 1, 0, audit],
    [answer, 0, 0, refuse],
    [load, 0, 0, at.number],
    ...(machine === "x64" ? refusing(ifAtLeast, [x32Bit]) : []),
    ...refusing(ifEqual, refused),
    ...whereCalled(fcntl, [[load, 0, 0, at.secondArgument], ...refusing(ifEqual, owningFcntl)]),
    ...whereCalled(ioctl, [[load, 0, 0, at.secondArgument], ...refusing(ifEqual, owningIoctl)]),
    // A process names itself by 0.
    ...whereCalled(prlimit64, refusingUnless(at.firstArgument, 0)),
    ...scheduling.flatMap((call) => whereCalled(call, refusingUnless(at.firstArgument, 0))),
    ...whereCalled(setpriority, [
      ...refusingUnless(at.firstArgument, ofProcess.setpriority),
      ...refusingUnless(at.secondArgument, 0),
    ]),
    ...whereCalled(ioprioSet, [
      ...refusingUnless(at.firstArgument, ofProcess.ioprioSet),
      ...refusingUnless(at.secondArgument, 0),
    ]),
    [answer, 0, 0, allow],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [operation, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(operation, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}

const refusing = (operation: number, values: readonly number[]): Instruction[] =>
  values.flatMap((value): Instruction[] => [
    [operation, 0, 1, value],
    [answer, 0, 0, refuse],
  ]);

const refusingUnless = (argument: number, value: number): Instruction[] => [
  [load, 0, 0, argument],
  [ifEqual, 1, 0, value],
  [answer, 0, 0, refuse],
];

/** What is looked at for one call only, and then allows it. */
const whereCalled = (call: number, steps: readonly Instruction[]): Instruction[] => [
  [ifEqual, 0, steps.length + 1, call],
  ...steps,
  [answer, 0, 0, allow],
];
